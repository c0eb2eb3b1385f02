"""Locks an account after wrong passwords in a row. By account, not by address: behind the proxy all addresses are one.

Every attempt costs one write, whether the account exists, is locked or is free, so that the time of an answer tells
nothing; and it counts as a failure *before* the password is looked at, so that many attempts at once gain nothing.
"""

from __future__ import annotations

import time

from sqlalchemy.orm import Session

from doorstart.people.tables import FailedLogins

UNKNOWN = ""
"""Stands for all usernames that nobody has: one row, however many names somebody tries."""


class Lockout:
    """Failed log-ins of all accounts.

    Args:
        db: the Hub's session; every method commits.
        limit: wrong passwords in a row before an account is locked.
        seconds: how long it stays locked.
    """

    def __init__(self, db: Session, limit: int, seconds: float) -> None:
        self._db = db
        self._limit = limit
        self._seconds = seconds

    def begin(self, username: str) -> bool:
        """Count an attempt. ``False``: the account is locked, and even the right password must be refused."""
        now = time.time()
        row = self._db.get(FailedLogins, username)
        if row is None:
            row = FailedLogins(username=username, failures=0, locked_until=0.0)
            self._db.add(row)
        # If the machine's clock was set back, a lock must not last longer than it was meant to.
        row.locked_until = min(row.locked_until, now + self._seconds)
        locked = row.locked_until > now
        if not locked and row.locked_until:
            row.failures, row.locked_until = 0, 0.0
        row.failures += 1
        if not locked and row.failures >= self._limit:
            row.locked_until = now + self._seconds
        self._commit()
        return not locked

    def clear(self, username: str) -> None:
        """The password was right, or an admin gave a new one: forget the failures."""
        row = self._db.get(FailedLogins, username)
        if row is not None:
            self._db.delete(row)
            self._commit()

    def _commit(self) -> None:
        try:
            self._db.commit()
        except BaseException:
            self._db.rollback()
            raise
