"""What pruning removes, and what it keeps and why."""

from __future__ import annotations

from datetime import UTC, datetime

from doorstart.images import acts, arrivals, pruning
from doorstart.images.registry import Known, Registry

NOW = datetime(2026, 12, 1, tzinfo=UTC)
OLDEST, OLD, PREVIOUS, PROMOTED, TRIED, ASKED, NEXT, RETIRED = (f"sha256:{digit * 64}" for digit in "01234567")


def registry() -> Registry:
    """Eight images of learners' servers, each in another position."""
    everything = (OLDEST, OLD, PREVIOUS, PROMOTED, TRIED, ASKED, NEXT, RETIRED)
    known = [Known(name="learner", id=one) for one in everything]
    made = arrivals.learn(Registry(), known, who="ann", now=NOW)
    told = {"who": "ann", "reason": "test", "now": NOW}
    for image in (OLDEST, PREVIOUS, PROMOTED):
        made = acts.promote(made, image, checked="", two_persons=False, **told)
    made = acts.trial(made, TRIED, "teachers", who="ann", now=NOW)
    made = acts.promote(made, ASKED, checked="", two_persons=True, **told)
    return acts.retire(made, RETIRED, **told)


def test_what_nobody_needs_goes_and_the_rest_stays_with_the_reason() -> None:
    plan = pruning.plan(registry(), used={})
    assert [one.id for one in plan.remove] == [RETIRED, OLD, OLDEST]
    assert {one.entry.id: one.why for one in plan.keep} == {
        PREVIOUS: "the target of a rollback",
        PROMOTED: "promoted",
        TRIED: "on trial",
        ASKED: "waits for a second person",
        NEXT: "newer than the promoted one",
    }


def test_what_a_container_has_stays_also_when_it_is_retired() -> None:
    plan = pruning.plan(registry(), used={RETIRED: "in use", OLD: "the site other needs it"})
    assert [one.id for one in plan.remove] == [OLDEST]
    assert {one.entry.id: one.why for one in plan.keep}[RETIRED] == "in use"


def test_what_was_pruned_is_neither_removed_again_nor_kept() -> None:
    plan = pruning.plan(arrivals.pruned(registry(), [OLD], who="ann", now=NOW), used={})
    assert OLD not in [one.id for one in plan.remove] + [one.entry.id for one in plan.keep]


def test_where_none_is_promoted_all_that_is_known_stays() -> None:
    known = arrivals.learn(Registry(), [Known(name="learner", id=OLD)], who="ann", now=NOW)
    assert pruning.plan(known, used={}).remove == ()
