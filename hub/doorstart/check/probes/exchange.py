"""Probes of the exchange and of what only instructors have: nothing of anybody else is given or taken."""

from __future__ import annotations

import httpx

from doorstart import names
from doorstart.check.arena import ASSIGNMENT, EXCHANGE, Arena
from doorstart.check.inside import relay
from doorstart.check.probes.base import Outcome, Probe


def _others_work(arena: Arena) -> Outcome:
    """Read the neighbour's submission, receipt and feedback, by its id; the neighbour can."""
    one = f"{EXCHANGE}/submissions/{arena.submission}"
    paths = [one, f"{one}/archive", f"{one}/feedback"]
    tricks = [
        f"{EXCHANGE}/courses/{arena.stage.course}/submissions",
        f"{EXCHANGE}/courses/{arena.stage.course}/submissions?assignment={ASSIGNMENT}",
        f"{EXCHANGE}/submissions?course={arena.stage.course}&learner={arena.neighbour.username}",
        f"{EXCHANGE}/submissions?course=*",
        f"{EXCHANGE}/submissions/%2e%2e/submissions/{arena.submission}/archive",
        f"{EXCHANGE}//submissions/{arena.submission}/archive",
        f"{EXCHANGE}/submissions/{arena.submission.upper()}/archive",
        f"{EXCHANGE}/submissions/%25/archive",
    ]
    requests = [{"method": "GET", "target": path} for path in [*paths, *tricks]]
    answers = arena.attacker.call(relay.ask, relay=arena.attacker.relay, requests=requests)
    told = [
        request["target"]
        for request, answer in zip(requests, answers, strict=True)
        if arena.submission in answer["body"] or (answer["status"] == 200 and answer["body"].strip() != "[]")
    ]
    own = arena.neighbour_inside.call(relay.ask, relay=arena.neighbour_inside.relay, requests=requests[: len(paths)])
    seen = sum(answer["status"] == 200 for answer in own)
    detail = f"{len(requests)} requests, told: {', '.join(told[:3]) or 'nothing'}"
    return Outcome(not told, seen == len(paths), f"{detail} (control: its owner got {seen} of {len(paths)})")


def _change(arena: Arena) -> Outcome:
    """Release, withdraw, give feedback, hand in for others: what a learner may not; reading the assignment works."""
    assignment = f"{EXCHANGE}/courses/{arena.stage.course}/assignments/{ASSIGNMENT}"
    asked = [
        ("PUT", assignment),
        ("DELETE", assignment),
        ("PUT", f"{EXCHANGE}/courses/{arena.stage.course}/assignments/another"),
        ("PUT", f"{EXCHANGE}/submissions/{arena.submission}/feedback"),
        ("DELETE", f"{EXCHANGE}/submissions/{arena.submission}"),
        ("POST", f"{assignment}/submissions?learner={arena.neighbour.username}"),
        ("POST", f"{EXCHANGE}/courses/no-such-course.en/assignments/{ASSIGNMENT}/submissions"),
    ]
    requests = [{"method": method, "target": path, "body": "x"} for method, path in asked]
    answers = arena.attacker.call(relay.ask, relay=arena.attacker.relay, requests=requests)
    done = [
        f"{r['method']} {r['target']}" for r, a in zip(requests, answers, strict=True) if not 400 <= a["status"] < 500
    ]
    fetch = [{"method": "GET", "target": assignment}]
    (fetched,) = arena.attacker.call(relay.ask, relay=arena.attacker.relay, requests=fetch)
    detail = f"{len(requests)} requests, done: {', '.join(done[:3]) or 'none'}"
    return Outcome(not done, fetched["status"] == 200, f"{detail} (control: fetching it answers {fetched['status']})")


def _others_servers(arena: Arena) -> Outcome:
    """Open others' servers and the instructor's formgrader with the learner's log-in; their owners can."""
    course = names.server_name(arena.stage.course)
    theirs = {
        arena.neighbour_server: ("api/contents", "lab"),
        arena.instructor_server: ("lab", "formgrader", "formgrader/api/assignments"),
    }
    # At the server's own address: with subdomains that is another than the site's, which only leads there.
    pages = {f"{server.origin}{server.path}{page}": server.owner for server, some in theirs.items() for page in some}
    opened = [page for page in pages if _opens(arena.person.http, page)]
    by_owner = [page for page, owner in pages.items() if _opens(owner.http, page)]
    started = arena.person.hub("POST", f"/users/{arena.person.username}/servers/{course}")
    if started.is_success:
        opened.append("a server of the course of one's own")
    detail = f"{len(pages) + 1} tried, opened: {', '.join(opened) or 'none'}"
    control = f"(control: their owners opened {len(by_owner)} of {len(pages)})"
    return Outcome(not opened, len(by_owner) == len(pages), f"{detail} {control}")


def _opens(browser: httpx.Client, page: str) -> bool:
    """Whether a page opens, and is this page or one below it: not where one was sent instead."""
    answer = browser.get(page)
    return answer.is_success and str(answer.url).startswith(page)


PROBES = [
    Probe("others-work", "read another learner's submission, receipt or feedback", _others_work),
    Probe("others-rights", "release, withdraw, give feedback, or hand in for others", _change),
    Probe("others-servers", "open another learner's server, or formgrader", _others_servers),
]
