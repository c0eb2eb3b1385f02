"""A start of a server beside the reference deployment's: a ratio, with room, not a time. The bench measures it well."""

from __future__ import annotations

from typing import Any

import pytest
from bench import spawn
from bench.reference import deployment
from bench.sides import Side

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
ROUNDS = 3
MOST = 0.85
"""Share of the reference's wait that ours may be; the goal of the bench is 0.5."""


def test_a_server_starts_sooner_than_the_reference_deployments(site: Any) -> None:
    ours = Side("Doorstart", site.url, site.client, site)
    port = int(site.url.rpartition(":")[2]) + 5
    with deployment.running(site.client, port) as (url, prefix, password):
        reference = Side("reference", url, site.client, prefix=prefix, password=password)
        mine, theirs = spawn.measure([ours, reference], ROUNDS)
    # The best of each: whatever else the machine does makes a start longer, and never shorter.
    ratio = min(one.total for one in mine) / min(one.total for one in theirs)
    assert ratio <= MOST, f"{ratio:.2f}: {spawn.measures(mine, theirs)}"
