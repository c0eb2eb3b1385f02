"""``check`` with messages in German."""

from __future__ import annotations

from doorstart_checks.check import Check

check = Check("de")
