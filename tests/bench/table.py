"""Puts what the benchmarks printed last into ``docs/performance.md``, between its two marks. ``make bench-table``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.measure import RESULTS

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
BEGIN, END = "<!-- figures: make bench-table -->", "<!-- end of figures -->"


def main() -> None:
    """Rewrite the table."""
    results = {path.stem: json.loads(path.read_text()) for path in sorted(RESULTS.glob("*.json"))}
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table(results)}\n{END}{after}")


def table(results: dict[str, dict[str, Any]]) -> str:
    """The results as a Markdown table, with the machine of each part below it."""
    lines = ["| figure | Doorstart | reference | ratio | goal | unit |", "|---|---:|---:|---:|---|---|"]
    for one in (measure for result in results.values() for measure in result["measures"]):
        goal = "" if one["goal"] is None else f"{one['goal']:g} ({'met' if one['met'] else 'not met'})"
        ours = _figure(one["ours"], one.get("ours_spread"))
        reference = _figure(one["reference"], one.get("reference_spread"))
        ratio = "" if one["ratio"] is None else f"{one['ratio']:.3g}"
        lines.append(f"| {one['name']} | {ours} | {reference} | {ratio} | {goal} | {one['unit']} |")
    machines: dict[str, list[str]] = {}
    for part, result in results.items():
        if "machine" in result:
            about = result["machine"]
            told = f"{about['processor']}, {about['processors']} processors, {about['memory_mib']} MiB, "
            machines.setdefault(told, []).append(f"{part} (load at the end {about['load']})")
    return "\n".join([*lines, "", *(f"Measured on {told}{', '.join(parts)}." for told, parts in machines.items())])


def _figure(value: float | None, spread: list[float] | None) -> str:
    if value is None:
        return ""
    return f"{value:g}" if not spread else f"{value:g} ({spread[0]:g} to {spread[1]:g})"


if __name__ == "__main__":
    main()
