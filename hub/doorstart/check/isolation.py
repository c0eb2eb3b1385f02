"""Whether a learner's server is alone: probes in a real one, each with a positive control.

The attacker, a neighbour and an instructor are people of the check, with servers that the site's own Hub starts. What
the probes look for are canaries that the check starts. See :mod:`doorstart.check.probes`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass

from doorstart.check.arena import COURSE, Arena, open_arena
from doorstart.check.probes import PROBES, Outcome, Probe
from doorstart.check.report import Report, in_words
from doorstart.check.stage import Stage, staged


@dataclass(frozen=True)
class Finding:
    """What one probe found; ``seconds`` is how long it took."""

    probe: Probe
    outcome: Outcome
    seconds: float

    def plain(self) -> dict[str, object]:
        """In the form of ``--json``: ``name``, ``tried``, ``refused``, ``control``, ``detail``, ``seconds``."""
        told = {"name": self.probe.name, "tried": self.probe.tried}
        return {**told, **asdict(self.outcome), "seconds": self.seconds}


def check(report: Report, tell: Callable[[Finding], None]) -> list[Finding]:
    """Run all probes.

    Args:
        report: Gets the steps before and after the probes.
        tell: Called with each finding when it is there.

    Raises:
        StepFailedError: the check could not begin, or could not clean up.
    """
    with staged(COURSE, report) as stage:
        return probe(stage, report, tell)


def probe(stage: Stage, report: Report, tell: Callable[[Finding], None]) -> list[Finding]:
    """Run all probes on a stage that is there; as :func:`check`."""
    findings = []
    with ExitStack() as stack:
        with report.step("Servers and canaries"):
            arena = stack.enter_context(open_arena(stage))
        for one in PROBES:
            findings.append(find(one, arena))
            tell(findings[-1])
    return findings


def find(probe: Probe, arena: Arena) -> Finding:
    """Run one probe. One that cannot be run proves nothing, so its control counts as failed."""
    started = time.monotonic()
    try:
        outcome = probe.run(arena)
    except Exception as error:
        outcome = Outcome(refused=False, control=False, detail=f"The probe could not be run. {in_words(error)}")
    return Finding(probe, outcome, round(time.monotonic() - started, 2))
