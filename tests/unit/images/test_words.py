"""Every state of an image and every act in the log has words on the pages."""

from __future__ import annotations

import re
from pathlib import Path

from doorstart.images import acts, arrivals
from doorstart.images.registry import State
from doorstart.images.words import DONE, STATES


def test_every_state_has_a_word():
    assert set(STATES) == set(State)


def test_every_act_that_is_logged_has_a_word():
    source = "".join(Path(str(module.__file__)).read_text() for module in (acts, arrivals))
    logged = re.findall(r'logged\(.*, who, "([a-z ]+)", now', source) + re.findall(r'what="([a-z ]+)"', source)
    assert set(logged) == set(DONE)
