"""From which image a person's server starts."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from doorstart.images import acts, arrivals, registry_file
from doorstart.images.registry import Known, RegistryError
from doorstart.spawner.choice import image_for
from doorstart.spawner.permission import Kind

NOW = datetime(2026, 12, 1, tzinfo=UTC)
LEARNER, CANDIDATE, INSTRUCTOR = (f"sha256:{digit * 64}" for digit in "123")
GROUP = "course:programming.nl:learner"


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A registry with both images promoted, and one on trial."""
    known = [Known(name="learner", id=CANDIDATE), Known(name="learner", id=LEARNER)]
    known += [Known(name="instructor", id=INSTRUCTOR)]
    path = tmp_path / "registry.json"
    registry_file.update(partial(arrivals.learn, known=known, who="ann", now=NOW), path)
    registry_file.update(partial(arrivals.first, who="ann", now=NOW), path)
    registry_file.update(partial(acts.trial, image=CANDIDATE, group=GROUP, who="ann", now=NOW), path)
    return path


def test_the_promoted_one_or_the_one_on_trial_in_a_group(registry: Path) -> None:
    assert image_for(Kind.LEARNER, ["course:accounting.nl:learner"], registry) == LEARNER
    assert image_for(Kind.LEARNER, [GROUP], registry) == CANDIDATE
    assert image_for(Kind.INSTRUCTOR, [GROUP], registry) == INSTRUCTOR


def test_a_rollback_counts_for_the_next_server(registry: Path) -> None:
    fields = {"who": "ann", "reason": "update", "now": NOW}
    registry_file.update(partial(acts.promote, image=CANDIDATE, checked="", two_persons=False, **fields), registry)
    assert image_for(Kind.LEARNER, [], registry) == CANDIDATE
    registry_file.update(partial(acts.rollback, name="learner", **fields), registry)
    assert image_for(Kind.LEARNER, [], registry) == LEARNER


def test_without_a_promoted_image_no_server_starts(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="No image is promoted for this server"):
        image_for(Kind.LEARNER, [GROUP], tmp_path / "none.json")


def test_with_a_damaged_registry_no_server_starts(registry: Path) -> None:
    registry.write_text(registry.read_text()[:-9])
    with pytest.raises(RegistryError, match="damaged"):
        image_for(Kind.LEARNER, [GROUP], registry)
