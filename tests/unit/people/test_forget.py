"""People of a check are deleted without a trace, and only they."""

from __future__ import annotations

import secrets

import pytest

from doorstart.people.client import HubError


def test_people_of_a_check_are_gone_with_their_servers(hub, row):
    name = f"check-learner-{secrets.token_hex(3)}"
    slip = hub.client.import_roster({"rows": [row(name)], "one_time": False})["passwords"][0]
    browser = hub.browser()
    browser.log_in(name, slip["password"])
    assert browser.start_server(name).status_code == 201
    assert hub.client.forget({"usernames": [name, "check-nobody"]}) == {"forgotten": [name]}
    assert all(person["username"] != name for person in hub.client.people()["people"])
    assert browser.who() != name
    again = hub.client.import_roster({"rows": [row(name)], "one_time": False})
    assert [change["kind"] for change in again["changes"]] == ["create"], "nothing of the old account was left"


@pytest.mark.parametrize("usernames", [["somebody"], ["check-x", "somebody"], "check-x", None, [1]])
def test_nobody_else_is_deleted(hub, row, new_name, usernames):
    name = new_name()
    hub.client.import_roster({"rows": [row(name)]})
    wanted = [name if one == "somebody" else one for one in usernames] if isinstance(usernames, list) else usernames
    with pytest.raises(HubError, match="check-"):
        hub.client.forget({"usernames": wanted})
    assert any(person["username"] == name for person in hub.client.people()["people"])


def test_no_roster_takes_a_name_that_the_checks_would_delete() -> None:
    import pytest

    from doorstart.people import roster

    with pytest.raises(roster.RosterError, match="site's own checks"):
        roster.read(b"username,display name,language,role,courses\ncheck-ann,Ann,nl,learner,accounting.nl\n")
