"""Accounts and the lock-out on a database in memory: all or nothing, and the same work for every failed log-in."""

from __future__ import annotations

import pytest
from jupyterhub import orm, roles
from sqlalchemy import event

from doorstart.people import lockout, passwords
from doorstart.people.accounts import Accounts
from doorstart.people.authenticator import DoorstartAuthenticator
from doorstart.people.roster import Row
from doorstart.people.tables import FailedLogins, ensure

ROWS = [Row("ann", "Ann", "nl", "learner", ("a.nl",)), Row("ben", "Ben", "nl", "instructor", ("a.nl",))]
HASH = passwords.hashed("vier gele fietsen", rounds=4)


@pytest.fixture
def db():
    session = orm.new_session_factory("sqlite:///:memory:")()
    for role in roles.get_default_roles():
        roles.create_role(session, role)
    ensure(session.get_bind())
    yield session
    session.close()


@pytest.fixture
def accounts(db):
    accounts = Accounts(db)
    accounts.apply(accounts.plan(ROWS, remove=False), {"ann": HASH, "ben": HASH}, must_change=False)
    return accounts


@pytest.fixture
def authenticator(db, accounts):
    return DoorstartAuthenticator(_deprecated_db_session=db, hash_rounds=4)


def everything(db) -> list[str]:
    return list(db.connection().connection.driver_connection.iterdump())


@pytest.mark.parametrize("step", ["_write", "_write_password", "_deactivate", "_sign_out"])
def test_an_import_that_fails_half_way_leaves_nothing_behind(db, accounts, monkeypatch, step):
    changed = [Row("ann", "Anna", "fr", "learner", ("b.nl",)), Row("cor", "Cor", "nl", "learner", ("c.nl",))]
    before = everything(db)
    original = getattr(Accounts, step)

    def fail_afterwards(*args, **more):
        original(*args, **more)
        db.flush()
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(Accounts, step, fail_afterwards)
    with pytest.raises(RuntimeError):
        accounts.apply(accounts.plan(changed, remove=True), {"cor": HASH}, must_change=True)
    db.commit()
    assert everything(db) == before


def test_one_import_is_one_commit(db, accounts):
    commits = []
    event.listen(db, "after_commit", lambda session: commits.append(session))
    accounts.apply(accounts.plan([Row("cor", "Cor", "nl", "learner", ("a.nl", "b.nl"))], remove=True),
                   {"cor": HASH}, must_change=True)  # fmt: skip
    assert len(commits) == 1


def test_other_groups_of_the_hub_are_left_alone(db, accounts):
    user = orm.User.find(db, "ann")
    user.groups.append(orm.Group(name="choir"))
    db.commit()
    assert accounts.plan(ROWS, remove=False).changes == ()
    accounts.apply(accounts.plan([Row("ann", "Ann", "nl", "learner", ("b.nl",))], remove=False), {}, must_change=True)
    assert sorted(group.name for group in user.groups) == ["choir", "course:b.nl:learner"]


async def test_every_failed_log_in_costs_the_same_work(db, authenticator, monkeypatch):
    work: list[str] = []
    real = passwords.matches
    event.listen(db, "after_commit", lambda session: work.append("commit"))
    monkeypatch.setattr(passwords, "matches", lambda *args: work.append("bcrypt") or real(*args))
    done = {}
    for kind, username, password in (
        ("wrong password", "ann", "no"),
        ("unknown name", "nobody", "no"),
        ("not even a name", "../ann", "no"),
        ("locked, wrong", "ben", "no"),
        ("locked, right", "ben", "vier gele fietsen"),
    ):
        if kind.startswith("locked"):
            db.merge(FailedLogins(username="ben", failures=9, locked_until=1e12))
            db.commit()
        work.clear()
        assert await authenticator.authenticate(None, {"username": username, "password": password}) is None
        done[kind] = tuple(work)
    assert set(done.values()) == {("commit", "bcrypt")}, done


async def test_the_right_password_whatever_the_case_of_the_name(authenticator):
    assert await authenticator.authenticate(None, {"username": " Ann", "password": "vier gele fietsen"}) == {
        "name": "ann",
        "admin": False,
    }


async def test_somebody_deactivated_while_the_password_is_checked_stays_out(db, accounts, authenticator, monkeypatch):
    def slow(*args: object) -> bool:
        accounts.person("ann").active = False
        return True

    monkeypatch.setattr(passwords, "matches", slow)
    assert await authenticator.authenticate(None, {"username": "ann", "password": "x"}) is None


def test_a_lock_ends_after_its_time_and_not_before(db, monkeypatch):
    now = 1_000.0
    monkeypatch.setattr(lockout.time, "time", lambda: now)
    lock = lockout.Lockout(db, limit=3, seconds=60)
    assert [lock.begin("ann") for _ in range(4)] == [True, True, True, False]
    assert lock.begin("ben")
    now += 59
    assert not lock.begin("ann")
    now += 1
    assert [lock.begin("ann") for _ in range(4)] == [True, True, True, False]
    lock.clear("ann")
    assert lock.begin("ann")


def test_a_clock_set_back_does_not_lock_for_ever(db, monkeypatch):
    now = 1_000_000.0
    monkeypatch.setattr(lockout.time, "time", lambda: now)
    lock = lockout.Lockout(db, limit=1, seconds=60)
    assert lock.begin("ann") and not lock.begin("ann")
    now = 1_000.0
    assert not lock.begin("ann")
    now += 60
    assert lock.begin("ann")


def test_unknown_names_fill_no_table(db):
    lock = lockout.Lockout(db, limit=3, seconds=60)
    for _ in range(20):
        lock.begin(lockout.UNKNOWN)
    assert db.query(FailedLogins).count() == 1


def test_sign_up_stays_closed_whatever_is_configured(db):
    from traitlets.config import Config

    config = Config({"DoorstartAuthenticator": {"enable_signup": True, "open_signup": True}})
    authenticator = DoorstartAuthenticator(_deprecated_db_session=db, config=config)
    assert authenticator.create_user("eve", "vier gele fietsen") is None
    assert not authenticator.enable_signup and not authenticator.open_signup
