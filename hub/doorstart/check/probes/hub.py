"""Probes of the relay: with its own token, a server gets nothing of the Hub but what it needs.

Refused means: by the relay. What the Hub would refuse by itself must not reach it; and where the relay lets something
pass, the Hub must refuse it for everybody but oneself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from doorstart import names
from doorstart.check.arena import Arena
from doorstart.check.inside import relay
from doorstart.check.probes.base import Outcome, Probe
from doorstart.check.probes.hub_requests import ACTIVITY, TOKEN, Request, beyond

Answer = dict[str, Any]
_REFUSALS = ("A server may not ask this", "<center>nginx</center>")
"""What an answer of the relay itself has in it: its own refusals, and nginx's to what is no proper request."""


def _filled(arena: Arena) -> Callable[[str], str]:
    words = {
        "self": arena.person.username,
        "other": arena.neighbour.username,
        "course": names.server_name(arena.stage.course),
        "group": names.group(arena.stage.course, "learner"),
    }

    def fill(text: str) -> str:
        for word, value in words.items():
            text = text.replace(f"{{{word}}}", value)
        return text

    return fill


def _shown(requests: list[Request], answers: list[Answer], wrong: list[bool]) -> str:
    shown = [
        f"{request['method']} {request['target']} → {answer['status']}"
        for request, answer, one in zip(requests, answers, wrong, strict=False)
        if one
    ]
    return f"{len(requests)} requests, {len(shown)} got through{': ' if shown else ''}{'; '.join(shown[:4])}"


def _refused_by_relay(answer: Answer) -> bool:
    # Also where it sends on from a folder's name without its slash.
    refused = int(answer["status"]) >= 300 and any(text in answer["body"] for text in _REFUSALS)
    # To HEAD and to what is no HTTP the relay answers without a text.
    return refused or (answer["status"] in (0, 400, 403, 405) and not answer["body"])


def _beyond_the_list(arena: Arena) -> Outcome:
    say = _filled(arena)
    requests = beyond(say)
    # An odd way to write an allowed path may pass, if all that comes of it is what the plain way gets.
    plain = [{"method": "GET", "target": "/hub/api/user"}, {"method": "GET", "target": "/hub/api"}]
    plain += [{"method": "POST", "target": say(path)} for path in (*ACTIVITY, TOKEN)]
    answers = arena.attacker.call(relay.ask, relay=arena.attacker.relay, requests=requests + plain)
    meant = [_essence(answer) for answer in answers[len(requests) :]]
    wrong = [not _refused_by_relay(one) and _essence(one) not in meant for one in answers[: len(requests)]]
    allowed, detail = _allowed(arena)
    return Outcome(not any(wrong), allowed, f"{_shown(requests, answers, wrong)} (control: {detail})")


def _essence(answer: Answer) -> tuple[int, str]:
    """An answer without what changes from one time to the next: when somebody was last active."""
    return int(answer["status"]), re.sub(r'"last_activity": ?"[^"]*"', "", answer["body"])


def _allowed(arena: Arena) -> tuple[bool, str]:
    """Whether the four requests that a server needs do get through, with the same code and the same token."""
    own, now = f"/hub/api/users/{arena.person.username}/activity", datetime.now(UTC).isoformat()
    requests = [
        {"method": "GET", "target": "/hub/api/user"},
        {"method": "GET", "target": "/hub/api"},
        {"method": "POST", "target": own, "body": json.dumps({"last_activity": now})},
        {"method": "GET", "target": "/services/exchange/me"},
    ]
    answers = arena.attacker.call(relay.ask, relay=arena.attacker.relay, requests=requests)
    passed = sum(200 <= answer["status"] < 300 for answer in answers)
    return passed == len(requests), f"{passed} of the {len(requests)} that it needs got through"


def _for_others(arena: Arena) -> Outcome:
    """Through the relay, but in the name of others, or with a token of nobody."""
    say = _filled(arena)
    activity = json.dumps({"last_activity": "2020-01-01T00:00:00Z", "servers": {"": {}}})
    code = "grant_type=authorization_code&code=guess&client_id={}&client_secret={}&redirect_uri=/user/x/oauth_callback"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    requests: list[Request] = [
        {"method": "POST", "target": say("/hub/api/users/{other}/activity"), "body": activity},
        {"method": "POST", "target": "/hub/api/users/nobody-at-all/activity", "body": activity},
        {
            "method": "POST",
            "target": TOKEN,
            "headers": form,
            "body": code.format(say("jupyterhub-user-{other}"), "guess"),
        },
        {"method": "POST", "target": TOKEN, "headers": form, "body": code.format("service-exchange", "")},
    ]
    unknown: list[Request] = [{"method": "GET", "target": path} for path in ("/hub/api/user", "/services/exchange/me")]
    answers = arena.attacker.call(relay.ask, relay=arena.attacker.relay, requests=requests)
    answers += arena.attacker.call(relay.ask, relay=arena.attacker.relay, requests=unknown, token="0" * 32)
    wrong = [not 400 <= answer["status"] < 500 for answer in answers]
    allowed, detail = _allowed(arena)
    return Outcome(not any(wrong), allowed, f"{_shown(requests + unknown, answers, wrong)} (control: {detail})")


def _user_list(arena: Arena) -> Outcome:
    """With the learner's own log-in, as the browser has it: who else is on this site?"""
    say = _filled(arena)
    paths = ["/users", "/users?state=active", "/users/{other}", "/groups", "/groups/{group}", "/services", "/proxy"]
    answers = {path: arena.person.hub("GET", say(path)) for path in paths}
    told = [path for path, answer in answers.items() if answer.is_success and answer.json()]
    pages = ["/hub/admin", "/hub/token", "/hub/accept-share"]
    told += [page for page in pages if arena.person.http.get(page).is_success]
    own = arena.person.hub("GET", say("/users/{self}")).is_success
    detail = f"{len(paths) + len(pages)} pages asked for, told: {', '.join(told) or 'none'}"
    return Outcome(not told, own, f"{detail} (control: of oneself it is {'told' if own else 'not told either'})")


PROBES = [
    Probe("hub-api", "reach more of the Hub than its allow-list, with the server's token", _beyond_the_list),
    Probe("hub-api-others", "use what the relay lets through in the name of others", _for_others),
    Probe("user-list", "see who else is on the site, with the learner's own log-in", _user_list),
]
