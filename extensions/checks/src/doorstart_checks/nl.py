"""``check`` with messages in Dutch."""

from __future__ import annotations

from doorstart_checks.check import Check

check = Check("nl")
