"""What may be done to the registry of images, and what is refused."""

from __future__ import annotations

import json
import multiprocessing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from doorstart.images import acts, arrivals, registry_file
from doorstart.images.__main__ import carry_out
from doorstart.images.registry import Known, Registry, RegistryError, State, short

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
CHECK = "course:promotion.en:learner"
GROUP = "course:programming.nl:learner"


def image(digit: str) -> str:
    return f"sha256:{digit * 64}"


A, B, C = image("a"), image("b"), image("c")


def with_learners(*ids: str) -> Registry:
    """A registry that knows these images of learners' servers, in this order."""
    known = [Known(name="learner", id=one, version="1", source="built here") for one in ids]
    return arrivals.learn(Registry(), known, who="root", now=NOW)


def promoted(registry: Registry, *ids: str) -> Registry:
    """The registry after these were promoted one after the other."""
    for one in ids:
        registry = promote(registry, one)
    return registry


def promote(registry: Registry, one: str, **other: Any) -> Registry:
    told: dict[str, Any] = {"who": "ann", "reason": "update", "now": NOW, "checked": "", "two_persons": False}
    return acts.promote(registry, one, **{**told, **other})


def test_what_comes_is_known_and_nobody_gets_it() -> None:
    registry = with_learners(A)
    assert registry.state(A) is State.KNOWN
    assert registry.choose("learner", [GROUP]) == ""


def test_what_comes_again_stays_as_it_is() -> None:
    registry = promoted(with_learners(A), A)
    again = Known(name="learner", id=A, version="1", source="bundle 2026-12")
    assert arrivals.learn(registry, [again], who="root", now=NOW) == registry


def test_a_name_that_no_image_has_is_refused_and_nothing_is_noted() -> None:
    known = [Known(name="learner", id=A), Known(name="desktop", id=B)]
    with pytest.raises(RegistryError, match="'desktop' is no image of a site"):
        arrivals.learn(Registry(), known, who="root", now=NOW)


def test_an_id_has_one_name() -> None:
    with pytest.raises(RegistryError, match="already, as learner and not as kernel"):
        arrivals.learn(with_learners(A), [Known(name="kernel", id=A)], who="root", now=NOW)


def test_a_promotion_names_person_and_reason() -> None:
    registry = promote(with_learners(A), A, who="ann", reason="  December\nupdate ", checked="all probes refused")
    assert registry.state(A) is State.PROMOTED
    act = registry.log[-1]
    assert (act.who, act.what, act.name, act.image, act.when) == ("ann", "promote", "learner", A, NOW)
    assert (act.reason, act.detail) == ("December update", "all probes refused")


def test_without_a_reason_nothing_is_promoted_rolled_back_or_retired() -> None:
    registry = promoted(with_learners(A, B, C), A, B)
    for one in (
        partial(promote, registry, C, reason=" "),
        partial(acts.rollback, registry, "learner", who="ann", reason="", now=NOW),
        partial(acts.retire, registry, C, who="ann", reason="", now=NOW),
    ):
        with pytest.raises(RegistryError, match="Say why"):
            one()


def test_an_image_that_the_site_does_not_know_is_not_promoted() -> None:
    with pytest.raises(RegistryError, match=f"knows no image {short(B)}"):
        promote(with_learners(A), B)


def test_a_promoted_image_is_not_promoted_again() -> None:
    with pytest.raises(RegistryError, match="promoted already"):
        promoted(with_learners(A), A, A)


def test_a_retired_image_is_neither_promoted_nor_tried_and_it_is_said_who_retired_it() -> None:
    registry = acts.retire(with_learners(A), A, who="bea", reason="It lost files.", now=NOW)
    with pytest.raises(RegistryError, match=r"retired by bea: It lost files\. Choose"):
        promote(registry, A)
    with pytest.raises(RegistryError, match="retired by bea"):
        acts.trial(registry, A, GROUP, who="ann", now=NOW)
    registry = acts.restore(registry, A, who="ann", reason="It was another one", now=NOW)
    assert registry.state(A) is State.KNOWN


def test_a_promoted_image_is_not_retired() -> None:
    with pytest.raises(RegistryError, match="Promote another learner first, or roll back"):
        acts.retire(promoted(with_learners(A), A), A, who="ann", reason="old", now=NOW)


def test_a_rollback_goes_to_the_image_before_and_not_back_to_the_bad_one() -> None:
    registry = promoted(with_learners(A, B, C), A, B, C)
    registry = acts.rollback(registry, "learner", who="ann", reason="C is slow", now=NOW)
    assert (registry.promoted("learner"), registry.previous("learner")) == (B, A)
    assert registry.state(C) is State.KNOWN
    registry = acts.rollback(registry, "learner", who="ann", reason="B too", now=NOW)
    assert registry.promoted("learner") == A
    with pytest.raises(RegistryError, match="no earlier learner to go back to"):
        acts.rollback(registry, "learner", who="ann", reason="A too", now=NOW)


def test_a_retired_image_is_no_target_of_a_rollback() -> None:
    registry = promoted(with_learners(A, B), A, B)
    registry = acts.retire(registry, A, who="ann", reason="has a hole", now=NOW)
    with pytest.raises(RegistryError, match="no earlier learner"):
        acts.rollback(registry, "learner", who="ann", reason="slow", now=NOW)


def test_only_the_group_of_a_trial_gets_it() -> None:
    registry = acts.trial(promoted(with_learners(A, B), A), B, GROUP, who="ann", now=NOW)
    assert registry.state(B) is State.TRIAL
    assert registry.choose("learner", ["course:x:learner", GROUP]) == B
    assert registry.choose("learner", ["course:x:learner"]) == A
    assert registry.choose("instructor", [GROUP]) == ""
    registry = acts.end_trial(registry, B, GROUP, who="ann", now=NOW)
    assert registry.choose("learner", [GROUP]) == A and registry.state(B) is State.KNOWN


def test_a_group_tries_one_image_of_a_name_and_somebody_in_two_groups_gets_the_later() -> None:
    registry = acts.trial(with_learners(A, B), A, GROUP, who="ann", now=NOW)
    registry = acts.trial(registry, B, GROUP, who="ann", now=NOW)
    assert registry.choose("learner", [GROUP]) == B and registry.state(A) is State.KNOWN
    registry = acts.trial(registry, A, "teachers", who="ann", now=NOW + timedelta(minutes=1))
    assert registry.choose("learner", [GROUP, "teachers"]) == A


def test_a_service_has_no_trial() -> None:
    registry = arrivals.learn(Registry(), [Known(name="hub", id=A)], who="root", now=NOW)
    with pytest.raises(RegistryError, match="no group can try it"):
        acts.trial(registry, A, GROUP, who="ann", now=NOW)


def test_what_is_being_checked_is_not_on_trial_and_the_check_leaves_nothing() -> None:
    before = with_learners(A)
    during = acts.trial(before, A, CHECK, who="ann", now=NOW)
    assert during.choose("learner", [CHECK]) == A
    assert during.state(A) is State.KNOWN
    assert acts.end_trial(during, A, CHECK, who="ann", now=NOW) == before
    assert acts.end_checks(during) == before


def test_a_promotion_ends_the_trials_of_the_image() -> None:
    registry = acts.trial(with_learners(A), A, GROUP, who="ann", now=NOW)
    assert promoted(registry, A).images[A].trials == {}


def test_where_two_persons_have_to_agree_the_first_only_asks() -> None:
    registry = promote(with_learners(A), A, who="ann", two_persons=True, checked="good")
    assert registry.state(A) is State.KNOWN and registry.requests[A].who == "ann"
    with pytest.raises(RegistryError, match="somebody else has to confirm"):
        promote(registry, A, who="ann", two_persons=True)
    registry = promote(registry, A, who="bea", reason="seen", two_persons=True)
    assert registry.state(A) is State.PROMOTED and registry.requests == {}
    assert registry.log[-1].who == "bea" and "good; asked for by ann: update" in registry.log[-1].detail


def build(registry: Registry, one: str, *, promote: bool = True) -> Registry:
    """The registry after a `make up` that built this image for learners."""
    return arrivals.built(registry, [Known(name="learner", id=one)], who="root", now=NOW, promote=promote)


def test_the_first_build_is_promoted_and_the_next_one_where_the_setting_says_so() -> None:
    registry = build(Registry(), A, promote=False)
    assert registry.promoted("learner") == A and registry.log[-1].reason == "first set-up"
    assert build(registry, B, promote=False).promoted("learner") == A
    assert build(registry, B).promoted("learner") == B


def test_a_rollback_survives_the_same_build() -> None:
    registry = acts.rollback(build(build(Registry(), A), B), "learner", who="ann", reason="slow", now=NOW)
    assert build(registry, B).promoted("learner") == A
    assert build(registry, C).promoted("learner") == C


def test_a_build_that_is_as_an_earlier_one_is_promoted_again_unless_it_is_retired() -> None:
    registry = build(build(Registry(), A), B)
    assert build(registry, A).promoted("learner") == A
    retired = acts.retire(registry, A, who="ann", reason="has a hole", now=NOW)
    assert build(retired, A).promoted("learner") == B


def test_a_site_that_builds_nothing_begins_with_what_came_last() -> None:
    registry = arrivals.first(with_learners(A, B), who="root", now=NOW)
    assert registry.promoted("learner") == B
    assert arrivals.first(arrivals.learn(registry, [Known(name="learner", id=C)], who="r", now=NOW), who="r", now=NOW)
    assert registry.promoted("learner") == B


def test_a_pruned_image_is_not_promoted_until_it_comes_again() -> None:
    registry = arrivals.pruned(with_learners(A), [A], who="ann", now=NOW)
    with pytest.raises(RegistryError, match="Import it again"):
        promote(registry, A)
    registry = arrivals.learn(registry, [Known(name="learner", id=A)], who="root", now=NOW)
    assert promoted(registry, A).promoted("learner") == A


def test_an_image_is_found_by_the_beginning_of_its_id_or_as_the_promoted_one_of_a_name() -> None:
    registry = promoted(with_learners(A, "sha256:" + "a" * 10 + "b" * 54), A)
    assert registry.find("a" * 11).id == A
    assert registry.find("learner").id == A
    for text, said in (("aaaaaaaa", "Several images"), ("aaaaa", "six or more"), ("cccccc", "no image 'cccccc'")):
        with pytest.raises(RegistryError, match=said):
            registry.find(text)


def test_only_peoples_servers_are_ended_at_a_time() -> None:
    at = NOW + timedelta(minutes=5)
    registry = acts.end_servers(promoted(with_learners(A), A), "learner", at, who="ann", reason="slow", now=NOW)
    (ending,) = registry.endings
    assert (ending.name, ending.at, ending.reason) == ("learner", at, "slow")
    assert acts.ended(registry, ending).endings == []
    with pytest.raises(RegistryError, match="hub is not one of them"):
        acts.end_servers(registry, "hub", at, who="ann", reason="slow", now=NOW)


def test_the_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "registry.json"
    assert registry_file.read(path) == Registry()
    after = registry_file.update(lambda registry: with_learners(A), path)
    assert registry_file.read(path) == after
    assert path.stat().st_mode & 0o777 == 0o644
    content = path.read_bytes()
    with pytest.raises(RegistryError):
        registry_file.update(lambda registry: promote(registry, B), path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("content", [b"", b"{", b'{"images": 3}'])
def test_a_damaged_file_is_told_and_not_taken_for_an_empty_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "registry.json"
    path.write_bytes(content)
    with pytest.raises(RegistryError, match="damaged"):
        registry_file.read(path)


def _learn_many(path: Path, digits: str) -> None:
    for one in digits:
        request = {"verb": "learn", "known": [{"name": "learner", "id": image(one)}], "who": "root"}
        carry_out(request, path)


def test_two_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "registry.json"
    fork = multiprocessing.get_context("fork")
    both = [fork.Process(target=_learn_many, args=(path, digits)) for digits in ("01234567", "89abcdef")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(registry_file.read(path).images) == 16


def test_requests_from_the_host(tmp_path: Path) -> None:
    path = tmp_path / "registry.json"
    carry_out({"verb": "learn", "known": [{"name": "learner", "id": A}], "who": "root"}, path)
    fields = {"image": A, "who": "ann", "reason": "update", "checked": "", "two_persons": False}
    after = carry_out({"verb": "promote", **fields}, path)
    assert after.promoted("learner") == A
    assert carry_out({"verb": "read"}, path) == after
    ends = carry_out({"verb": "end_servers", "name": "learner", "minutes": 5, "who": "ann", "reason": "old"}, path)
    assert len(ends.endings) == 1
    for wrong in ({"verb": "drop"}, {}, {"verb": "trial"}, {"verb": "learn", "known": [{"id": "latest"}], "who": "x"}):
        with pytest.raises(RegistryError):
            carry_out(wrong, path)
    assert json.loads(path.read_text())["format"] == 1
