"""Names that several parts must agree on."""

import pytest

from doorstart import names


@pytest.mark.parametrize("text", ["accounting", "accounting.nl", "stock-management.en", "a1-b2.fr"])
def test_course_ids(text: str) -> None:
    assert names.COURSE_ID.match(text)


@pytest.mark.parametrize(
    "text", ["", "Accounting", "accounting.", "accounting.xx", "a--b", "-a", "a-", "1a", "a b", "a/b", "../a", "a" * 31]
)
def test_not_course_ids(text: str) -> None:
    assert not names.COURSE_ID.match(text)
    with pytest.raises(ValueError, match="course id"):
        names.group(text, "learner")


def test_a_course_id_cannot_end_in_what_a_language_becomes_in_a_server_name() -> None:
    assert names.server_name("accounting.nl") == "accounting-nl"
    assert not names.COURSE_ID.match("accounting-nl")


def test_every_course_id_gives_a_server_name_that_the_hub_takes() -> None:
    from jupyterhub.slugs import is_valid_safe_slug

    for course in ("accounting", "stock-management.en", "a" * 27 + ".fr", "a1-b2.de"):
        assert names.COURSE_ID.match(course)
        assert is_valid_safe_slug(names.server_name(course))


def test_the_examiner_looks_for_the_same_hidden_tests() -> None:
    from doorstart_examiner import local

    assert local.HIDDEN_TESTS == names.HIDDEN_TESTS


def test_groups_and_back() -> None:
    groups = [names.group("accounting.nl", "learner"), names.group("programming.en", "instructor"), "course:x", "other"]
    assert names.courses_of(groups, "learner") == ["accounting.nl"]
    assert names.courses_of(groups, "instructor") == ["programming.en"]


def test_a_role_that_is_none() -> None:
    with pytest.raises(ValueError, match="learner or instructor"):
        names.group("accounting", "admin")


def test_server_ids_are_short_and_do_not_run_together() -> None:
    assert names.server_id("ann", "b") != names.server_id("annb")
    assert names.server_id("ann") != names.server_id("ann", "accounting-nl")
    assert len(names.server_id("a" * 32, "b" * 30)) == 16


def test_every_socket_path_fits() -> None:
    longest = names.server_id("a" * 32, "b" * 30)
    kernel = "k" * 36  # Jupyter's kernel ids are UUIDs
    for path in (
        names.HUB_SOCKET,
        names.EXCHANGE_SOCKET,
        names.SANDBOX_SOCKET,
        names.SERVER_SOCKET,
        names.RELAY_SOCKET,
        names.SERVERS / longest / names.SERVER_SOCKET.name,
        names.KERNELS / longest / kernel / "kernel-5",
    ):
        assert len(str(path).encode()) <= names.UNIX_PATH_MAX
