"""What the pages about images say of a state, or of an act in the log. See :mod:`doorstart.images.pages`."""

from __future__ import annotations

from doorstart.images.registry import State
from doorstart.language.catalogue import N_

STATES: dict[str, str] = {
    State.KNOWN: N_("known"),
    State.PROMOTED: N_("promoted"),
    State.RETIRED: N_("retired"),
    State.TRIAL: N_("on trial"),
}
DONE: dict[str, str] = {
    "learn": N_("came"),
    "promote": N_("promoted"),
    "ask for promotion": N_("asked for promotion"),
    "rollback": N_("gone back to it"),
    "trial": N_("trial started"),
    "end trial": N_("trial ended"),
    "retire": N_("retired"),
    "restore": N_("made known again"),
    "prune": N_("removed from the machine"),
    "end servers": N_("servers ended"),
}
"""An entry of the log, by what it tells of: ``what`` of :class:`doorstart.images.registry.Act`."""
ON_HOST = N_("This image is that of a service, so it is changed on the machine itself. Run there:")
