"""``check`` with messages in French."""

from __future__ import annotations

from doorstart_checks.check import Check

check = Check("fr")
