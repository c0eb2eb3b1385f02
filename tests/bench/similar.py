"""Similar work, measured: which copies are found, and how often honest work is flagged. ``make bench-similar``.

On classes that the thresholds were not chosen with; what they are is said in ``tests/unit/course_page/corpus``.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

from unit.course_page.corpus.classes import Unit, all_units, classroom, found_in, hand_written

SEED = 100
"""The thresholds were chosen with classes of smaller numbers."""


def main() -> None:
    """Measure, print a table and write ``build/bench/similar.json``."""
    hand, units = [hand_written()] * 12, all_units()
    kinds: list[tuple[str, list[Unit], int, int, float]] = [
        ("by hand, 12 learners, 4 copied all", hand, 12, 4, 1.0),
        ("by hand, 12 learners, 4 copied half", hand, 12, 4, 0.5),
        ("by hand, 6 learners, 2 copied all", hand, 6, 2, 1.0),
        ("from the courses, 30 learners, 4 copied all", units, 30, 4, 1.0),
        ("from the courses, 12 learners, 3 copied all", units, 12, 3, 1.0),
    ]
    table = [_measure(*kind) for kind in kinds]
    path = Path("build/bench/similar.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(table, indent=1))
    for line in table:
        print(json.dumps(line))


def _measure(name: str, units: list[Unit], size: int, copiers: int, part: float) -> dict[str, object]:
    right, copies, wrong, honest, seconds = Counter[str](), Counter[str](), 0, 0, 0.0
    for number, unit in enumerate(units):
        room = classroom(unit, size, copiers, SEED + number, part)
        started = time.process_time()
        found = {frozenset((pair.first, pair.second)) for pair in found_in(room)}
        seconds += time.process_time() - started
        copies.update(room.copies.values())
        right.update(disguise for pair, disguise in room.copies.items() if pair in found)
        wrong += len(found - room.copies.keys())
        honest += size * (size - 1) // 2 - copiers
    return {
        "classes": name,
        "found": right.total(),
        "copies": copies.total(),
        "by_disguise": {disguise: f"{right[disguise]} of {copies[disguise]}" for disguise in copies},
        "wrongly_flagged": wrong,
        "honest_pairs": honest,
        "precision": round(right.total() / max(1, right.total() + wrong), 3),
        "recall": round(right.total() / copies.total(), 3),
        "seconds_per_class": round(seconds / len(units), 3),
    }


if __name__ == "__main__":
    main()
