"""The rules of the exchange, over HTTP: who may do what, and what is answered."""

from __future__ import annotations

import re
from datetime import datetime

import httpx
import pytest
from nbgrader.utils import parse_utc

from doorstart import names
from doorstart.exchange.receipts import verify_receipt
from doorstart.exchange.wire import Receipt
from doorstart_exchange_client.wire import pack

from .running import COURSE, NOTEBOOK, Site, page, work


def refused(response: httpx.Response, status: int, code: str) -> str:
    """Checks a refusal, and returns its message."""
    assert response.status_code == status, response.text
    answer = response.json()
    assert set(answer) == {"error", "message"}
    assert answer["error"] == code
    assert len(answer["message"]) > 30, "a message says what to do"
    return str(answer["message"])


def test_health_and_key_need_no_token(shared_site: Site) -> None:
    with shared_site.http(None) as http:
        assert http.get("/health").json() == {"status": "ok"}
        assert http.get("/key").json()["algorithm"] == "Ed25519"


def test_there_are_no_pages_about_the_service(shared_site: Site) -> None:
    with shared_site.http(None) as http:
        for path in ("/docs", "/redoc", "/openapi.json", "/"):
            refused(http.get(path), 404, "not_found")


def test_answers_are_not_cached_or_framed(shared_site: Site) -> None:
    with shared_site.http(None) as http:
        headers = http.get("/health").headers
    assert headers["cache-control"] == "no-store"
    assert "sandbox" in headers["content-security-policy"]
    assert "server" not in headers


def test_submission_gets_a_receipt_that_can_be_checked(shared_site: Site) -> None:
    shared_site.release()
    response = shared_site.send(shared_site.learner("bea"), work("receipt"))
    assert response.status_code == 201
    receipt = Receipt.model_validate(response.json())
    assert (receipt.course, receipt.assignment, receipt.learner) == (COURSE, "ps1", "bea")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} UTC", receipt.time)
    assert abs((parse_utc(receipt.time) - datetime.utcnow()).total_seconds()) < 60  # noqa: DTZ003  as nbgrader
    key = shared_site.key()
    assert verify_receipt(receipt, key)
    for change in ({"learner": "cem"}, {"time": "2020-01-01 00:00:00.000000 UTC"}, {"digest": "0" * 64}, {"id": "x"}):
        assert not verify_receipt(receipt.model_copy(update=change), key)
    assert not verify_receipt(receipt.model_copy(update={"signature": "not base64!"}), key)


def test_same_bytes_get_the_same_receipt(shared_site: Site) -> None:
    shared_site.release()
    token = shared_site.learner("cem")
    first = shared_site.send(token, work("same"))
    again = shared_site.send(token, work("same"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_going_back_to_earlier_work_is_a_new_submission(shared_site: Site) -> None:
    """The latest submission counts, so handing in the first version after a second one must not be lost."""
    shared_site.release()
    token = shared_site.learner("dirk")
    first, _, third = (shared_site.send(token, work(text)) for text in ("one", "two", "one"))
    assert third.status_code == 201
    assert third.json()["digest"] == first.json()["digest"]
    assert third.json()["time"] > first.json()["time"]


def test_too_many_submissions(site: Site) -> None:
    site.stop()
    site.environment["DOORSTART_EXCHANGE_MAX_SUBMISSIONS"] = "2"
    site.start()
    site.release()
    token = site.learner("bea")
    assert [site.send(token, work(text)).status_code for text in ("1", "2", "2")] == [201, 201, 200]
    message = refused(site.send(token, work("3")), 429, "too_many_submissions")
    assert "2 times" in message


def kept(site: Site) -> set[str]:
    """The digests of the archives on the disk; also of those that the database knows nothing of."""
    return {path.name for path in (site.state / "blobs").glob("*/*")}


def test_what_is_refused_is_not_kept(site: Site) -> None:
    """A learner could fill the disk with it: nothing is ever deleted."""
    site.stop()
    site.environment["DOORSTART_EXCHANGE_MAX_SUBMISSIONS"] = "1"
    site.start()
    release = site.release()
    token = site.learner("bea")
    without = pack({"data.txt": b"no notebook"})
    refused(site.send(token, without), 422, "no_notebook")
    refused(site.send(site.instructor(), without, "PUT", f"/courses/{COURSE}/assignments/ps1"), 422, "no_notebook")
    assert kept(site) == {release["digest"]}
    receipt = site.send(token, work("1")).json()
    refused(site.send(token, work("2")), 429, "too_many_submissions")
    assert site.send(token, work("1")).json() == receipt, "the latest once more is no submission more"
    assert kept(site) == {release["digest"], receipt["digest"]}
    assert list((site.state / "incoming").iterdir()) == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
def test_unknown_course_and_course_of_others_look_the_same(shared_site: Site, method: str) -> None:
    shared_site.release(course="secret.en")
    token = shared_site.learner("eva")
    answers = []
    for course in ("secret.en", "absent.en"):
        path = f"/courses/{course}/assignments/ps1" + ("/submissions" if method == "POST" else "")
        response = shared_site.send(token, work(), method, path)
        refused(response, 404, "unknown_course")
        answers.append(response.text.replace(course, "COURSE"))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("course", ["..", "a/b", "A", "accounting.en%00", "*"])
def test_strange_course_names_are_unknown(shared_site: Site, course: str) -> None:
    token = shared_site.learner("eva")
    with shared_site.http(token) as http:
        assert http.get("/assignments", params={"course": course}).status_code == 404


def test_assignment_that_is_not_released(shared_site: Site) -> None:
    token = shared_site.learner("bea")
    path = f"/courses/{COURSE}/assignments/never"
    refused(shared_site.send(token, work(), "GET", path), 404, "not_released")
    refused(shared_site.send(token, work(), "POST", path + "/submissions"), 404, "not_released")


def test_learners_cannot_do_what_instructors_do(shared_site: Site) -> None:
    shared_site.release()
    token = shared_site.learner("bea")
    path = f"/courses/{COURSE}/assignments/ps1"
    submission = shared_site.send(token, work("mine")).json()["id"]
    for method, target in (
        ("PUT", path),
        ("DELETE", path),
        ("GET", f"/courses/{COURSE}/submissions"),
        ("PUT", f"/submissions/{submission}/feedback"),
    ):
        refused(shared_site.send(token, work(), method, target), 403, "instructors_only")


def test_instructors_do_not_hand_in(shared_site: Site) -> None:
    shared_site.release()
    refused(shared_site.send(shared_site.instructor(), work()), 403, "learners_only")


def test_two_learners_never_see_each_other(shared_site: Site) -> None:
    shared_site.release("apart")
    bea, cem = shared_site.learner("bea"), shared_site.learner("cem")
    path = f"/courses/{COURSE}/assignments/apart/submissions"
    receipt = shared_site.send(bea, work("of bea"), path=path).json()
    shared_site.client(shared_site.instructor()).release_feedback(receipt["id"], page(b"for bea"))
    with shared_site.http(cem) as http:
        unknown = http.get("/submissions/" + "0" * 32)
        for suffix in ("", "/archive", "/feedback"):
            answer = http.get(f"/submissions/{receipt['id']}{suffix}")
            assert (answer.status_code, answer.content) == (404, unknown.content)
        everything = "".join(http.get(place).text for place in ("/me", "/assignments", "/submissions"))
    assert "bea" not in everything
    assert receipt["id"] not in everything
    assert receipt["time"] not in everything
    with shared_site.http(bea) as http:
        assert http.get(f"/submissions/{receipt['id']}/feedback").content == page(b"for bea")


def test_instructor_of_another_course_sees_nothing(shared_site: Site) -> None:
    shared_site.release()
    receipt = shared_site.send(shared_site.learner("bea"), work("x")).json()
    other = shared_site.instructor("otto", "programming.en")
    with shared_site.http(other) as http:
        refused(http.get(f"/courses/{COURSE}/submissions"), 404, "unknown_course")
        refused(http.get(f"/submissions/{receipt['id']}/archive"), 404, "unknown_submission")
    refused(
        shared_site.send(other, page(b"x"), "PUT", f"/submissions/{receipt['id']}/feedback"), 404, "unknown_submission"
    )


def test_learner_who_left_the_course_sees_nothing_of_it(shared_site: Site) -> None:
    shared_site.release()
    receipt = shared_site.send(shared_site.learner("gone"), work("x")).json()
    with shared_site.http(shared_site.hub.add("gone")) as http:
        refused(http.get(f"/submissions/{receipt['id']}"), 404, "unknown_submission")
        assert http.get("/submissions").json() == []


def test_token_without_the_scope_is_refused(shared_site: Site) -> None:
    """Also when it belongs to the course's instructor."""
    token = shared_site.hub.add(
        "ann", names.group(COURSE, "instructor"), scopes=("read:users:name!user=ann", "access:services!service=other")
    )
    with shared_site.http(token) as http:
        refused(http.get("/me"), 403, "scope_missing")


def test_token_for_all_services_is_accepted(shared_site: Site) -> None:
    with shared_site.http(shared_site.hub.add("bea", scopes=("access:services",))) as http:
        assert http.get("/me").json() == {"name": "bea", "learner": [], "instructor": []}


@pytest.mark.parametrize("token", [None, "expired", "two words", "x" * 4000])
def test_unknown_or_expired_token(shared_site: Site, token: str | None) -> None:
    with shared_site.http(token) as http:
        response = http.get("/me")
    refused(response, 401, "not_identified")


def test_service_account_is_in_no_course(shared_site: Site) -> None:
    token = shared_site.hub.add("ann", names.group(COURSE, "instructor"), kind="service")
    with shared_site.http(token) as http:
        assert http.get("/me").json()["instructor"] == []


def test_hub_that_does_not_answer(shared_site: Site) -> None:
    token = shared_site.learner("newcomer")
    shared_site.hub.status = 500
    try:
        with shared_site.http(token) as http:
            refused(http.get("/me"), 503, "hub_unavailable")
    finally:
        shared_site.hub.status = 200


def test_releases_have_versions_and_nothing_is_deleted(shared_site: Site) -> None:
    first = shared_site.release("versions")
    assert shared_site.release("versions")["version"] == first["version"] == 1
    token = shared_site.learner("bea")
    path = f"/courses/{COURSE}/assignments/versions/submissions"
    receipt = shared_site.send(token, work("before"), path=path).json()
    assert shared_site.release("versions", content=NOTEBOOK + b" ")["version"] == 2
    assert shared_site.release("versions")["version"] == 1, "an earlier release is offered again"
    with shared_site.http(token) as http:
        assert [one["receipt"] for one in http.get("/submissions", params={"assignment": "versions"}).json()] == [
            receipt
        ]


def test_withdrawn_assignment(shared_site: Site) -> None:
    shared_site.release("gone")
    token, ann = shared_site.learner("bea"), shared_site.instructor()
    path = f"/courses/{COURSE}/assignments/gone"
    receipt = shared_site.send(token, work(), path=path + "/submissions").json()
    shared_site.client(ann).withdraw(COURSE, "gone")
    refused(shared_site.send(token, work("late"), path=path + "/submissions"), 404, "not_released")
    assert "gone" not in [one["assignment"] for one in shared_site.client(token).assignments()]
    assert shared_site.client(token).submission_archive(receipt["id"]).archive == work()
    assert shared_site.release("gone")["version"] == 1


def test_new_feedback_replaces_what_is_shown(shared_site: Site) -> None:
    shared_site.release()
    learner, instructor = (shared_site.client(t) for t in (shared_site.learner("fay"), shared_site.instructor()))
    receipt, _ = learner.submit(COURSE, "ps1", work("graded"))
    path = f"/submissions/{receipt['id']}/feedback"
    with shared_site.http(shared_site.learner("fay")) as http:
        refused(http.get(path), 404, "no_feedback")
    answers = [instructor.release_feedback(receipt["id"], page(text)) for text in (b"one", b"one", b"two")]
    assert [(answer["version"], created) for answer, created in answers] == [(1, True), (1, False), (2, True)]
    assert learner.feedback_archive(receipt["id"]) == page(b"two")


def test_downloads_tell_no_time(shared_site: Site) -> None:
    shared_site.release()
    with shared_site.http(shared_site.learner("bea")) as http:
        response = http.get(f"/courses/{COURSE}/assignments/ps1")
    assert response.status_code == 200
    assert not {"last-modified", "etag"} & set(response.headers)
