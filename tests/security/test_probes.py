"""Every probe of the isolation, each as a test of its own: refused, and known to work."""

from __future__ import annotations

import pytest

from doorstart.check.arena import Arena
from doorstart.check.isolation import find
from doorstart.check.probes import PROBES, Probe

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_it_is_refused_and_its_control_is_not(arena: Arena, probe: Probe) -> None:
    outcome = find(probe, arena).outcome
    assert outcome.control, f"the probe proves nothing: {outcome.detail}"
    assert outcome.refused, outcome.detail


def test_the_names_of_probes_are_their_own() -> None:
    assert len({probe.name for probe in PROBES}) == len(PROBES)
