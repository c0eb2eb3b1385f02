"""``check`` with messages in English."""

from __future__ import annotations

from doorstart_checks.check import Check

check = Check("en")
