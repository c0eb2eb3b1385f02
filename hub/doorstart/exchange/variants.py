"""The seed of the numbers that a learner's copy of an assignment has for itself.

HMAC-SHA256 (RFC 2104) with a key of the site, so that nobody can work out somebody else's, of the course without its
language, the assignment and the learner: who goes on in another language keeps the numbers.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from doorstart import keys


class Variants:
    """Derives seeds. The same for ever, as long as the key is kept: it belongs to the exchange's backup.

    Args:
        state: folder of the key, which is made there at first.
    """

    def __init__(self, state: Path) -> None:
        self._key = bytes.fromhex(keys.ensure(state / "variants.key"))

    def seed(self, course: str, assignment: str, learner: str) -> str:
        """32 hexadecimal digits."""
        subject = "\n".join((course.rpartition(".")[0] or course, assignment, learner))
        return hmac.new(self._key, subject.encode(), hashlib.sha256).hexdigest()[:32]
