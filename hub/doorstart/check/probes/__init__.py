"""All probes of the isolation, by theme: one module each. To add one, append to a module's ``PROBES``."""

from __future__ import annotations

from doorstart.check.probes import exchange, host, hub, neighbour, network, resources
from doorstart.check.probes.base import Outcome, Probe

PROBES: tuple[Probe, ...] = (
    *network.PROBES,
    *neighbour.PROBES,
    *host.PROBES,
    *hub.PROBES,
    *exchange.PROBES,
    *resources.PROBES,
)
"""In the order in which they run: those that break the attacker's server come last."""

__all__ = ["PROBES", "Outcome", "Probe"]
