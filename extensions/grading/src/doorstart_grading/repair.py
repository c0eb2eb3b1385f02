"""Puts a submission in order against the instructor's version. Part of :data:`Autograde.sanitize_preprocessors`.

The rules, each of which leaves a remark for the instructor when it does something:

- A cell is known by its ``grade_id``; one that lost it, by the id that Jupyter gives cells, or by its exact text.
- Of several with one ``grade_id``, the first that was worked on counts; the others become ordinary cells.
- All of nbgrader's metadata come from the gradebook; nothing else is kept of a cell's metadata.
- Checks and other locked cells read as the instructor wrote them and stand where they were: after the same cell, and
  after the answer that they belong to. One that is missing is put back.
- Answers and cells that the learner added stay in the learner's order. A missing answer is put back, empty.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from doorstart_grading import master, remarks
from doorstart_grading.master import Master, MasterCell
from doorstart_grading.reading import Submitted, SubmittedCell
from doorstart_grading.remarks import Remark
from doorstart_grading.sentence import Sentence, sentence


class Repair(NbGraderPreprocessor):
    """Makes a submitted notebook complete and trustworthy before it is run.

    In the place of nbgrader's ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells and CheckCellMetadata;
    all of them can be run after it and find nothing to do.
    """

    def preprocess(self, notebook: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """The repaired notebook; what was done is in its metadata.

        Raises:
            MissingEntry: the gradebook does not know the notebook.
        """
        place = resources["nbgrader"]
        wanted = master.load(self.parent.parent.coursedir, place["assignment"], place["notebook"])
        cells, done = repaired(_submitted_cells(notebook), wanted)
        result = _node(nbformat=4, nbformat_minor=5, metadata=_node(), cells=cells)
        if wanted.kernelspec:
            result.metadata["kernelspec"] = _node(**wanted.kernelspec)
        remarks.add(result, [*remarks.of(notebook), *done])
        return result, resources


def as_notebook(submitted: Submitted) -> NotebookNode:
    """A notebook of what was read, of which only cells and remarks have a meaning, for :class:`Repair`."""
    cells = []
    for cell in submitted.cells:
        node = _new(cell.cell_type, cell.source, cell.id or "")
        if cell.name:
            node.metadata["nbgrader"] = {"grade_id": cell.name}
        if cell.attachments:
            node["attachments"] = cell.attachments
        cells.append(node)
    result = _node(nbformat=4, nbformat_minor=5, metadata=_node(), cells=cells)
    remarks.add(result, submitted.remarks)
    return result


def repaired(cells: list[SubmittedCell], wanted: Master) -> tuple[list[NotebookNode], list[Remark]]:
    """The cells of a notebook in order, by the rules of this module, and what was done for it."""
    done: list[Remark] = []
    owners = _recognise(cells, wanted, done)
    entries = [_Entry(cell, owners.get(number)) for number, cell in enumerate(cells)]
    _tell_of_changes(entries, done)
    _arrange(entries, wanted, done)
    taken = {cell.id for cell in wanted.cells}
    return [_finished(entry, number, taken) for number, entry in enumerate(entries, start=1)], done


@dataclass(eq=False)
class _Entry:
    cell: SubmittedCell
    owner: MasterCell | None
    """The cell of the instructor's version that it is."""


def _submitted_cells(notebook: NotebookNode) -> list[SubmittedCell]:
    return [
        SubmittedCell(
            cell.cell_type,
            cell.source,
            cell.metadata.get("nbgrader", {}).get("grade_id"),
            cell.get("id") or None,
            cell.get("attachments", {}),
        )
        for cell in notebook.cells
    ]


def _recognise(cells: list[SubmittedCell], wanted: Master, done: list[Remark]) -> dict[int, MasterCell]:
    """Which cell of the submission is which of the instructor's version."""
    named: dict[str, list[int]] = {}
    unknown = 0
    for number, cell in enumerate(cells):
        if cell.name and cell.name in wanted.by_name:
            named.setdefault(cell.name, []).append(number)
        elif cell.name:
            unknown += 1
    if unknown:
        done.append(
            Remark(
                sentence(
                    "%(n)s cells had names that the assignment does not have; they count as ordinary ones.", n=unknown
                )
            )
        )
    owners = {}
    for name, numbers in named.items():
        owner = wanted.by_name[name]
        owners[_counting(numbers, cells, owner)] = owner
        if len(numbers) > 1:
            done.append(Remark(_several(owner, len(numbers))))
    free = [number for number, cell in enumerate(cells) if cell.name not in wanted.by_name]
    by_id: dict[str, int] = {}
    by_text: dict[tuple[str, str], int] = {}
    for number in free:
        by_id.setdefault(cells[number].id or "", number)
        by_text.setdefault((cells[number].cell_type, cells[number].source.strip()), number)
    for owner in wanted.cells:
        if owner.name in named:
            continue
        found = by_id.get(owner.id)
        if (found is None or found in owners) and owner.released and owner.released.strip():
            found = by_text.get((owner.cell_type, owner.released.strip()))
        if found is not None and found not in owners:
            owners[found] = owner
            done.append(
                Remark(sentence("The %(cell)s had lost its name; it was recognised all the same.", cell=owner.words))
            )
    return owners


def _several(owner: MasterCell, count: int) -> Sentence:
    if owner.solution:
        return sentence(
            "The %(cell)s was there %(n)s times; the first one that was worked on counts.", cell=owner.words, n=count
        )
    return sentence("The %(cell)s was there %(n)s times; it was run once.", cell=owner.words, n=count)


def _counting(numbers: list[int], cells: list[SubmittedCell], wanted: MasterCell) -> int:
    if wanted.solution and wanted.released is not None:
        untouched = wanted.released.strip()
        return next((number for number in numbers if cells[number].source.strip() != untouched), numbers[0])
    return numbers[0]


def _tell_of_changes(entries: list[_Entry], done: list[Remark]) -> None:
    for cell, owner in ((entry.cell, entry.owner) for entry in entries):
        if owner is None:
            continue
        if cell.cell_type != owner.cell_type:
            what = sentence("The %(cell)s had become a cell of another type; it was changed back.", cell=owner.words)
            done.append(Remark(what))
        given = owner.source if owner.released is None else owner.released
        if owner.keeps_source and cell.source.strip() not in (given.strip(), owner.source.strip()):
            what = sentence("The %(cell)s had been changed; the instructor's version was used.", cell=owner.words)
            done.append(Remark(what))


def _arrange(entries: list[_Entry], wanted: Master, done: list[Remark]) -> None:
    """Move what is locked to its place, and put back what is missing."""
    place = {cell.name: number for number, cell in enumerate(wanted.cells)}
    moved = _misplaced(entries, wanted, place)
    for name, entry in moved.items():
        entries.remove(entry)
        words = wanted.by_name[name].words
        done.append(Remark(sentence("The %(cell)s had been moved; it was put back in its place.", cell=words)))
    present = {entry.owner.name for entry in entries if entry.owner}
    before: list[str] = []
    answer: str | None = None
    for cell in wanted.cells:
        if cell.name not in present:
            back = moved.get(cell.name)
            if back is None:
                back = _Entry(SubmittedCell(cell.cell_type, cell.source if cell.keeps_source else ""), cell)
                done.append(_put_back(cell))
            anchors = {before[-1] if before else None, answer if cell.keeps_source else None} - {None}
            entries.insert(_after(entries, anchors), back)
        before.append(cell.name)
        answer = cell.name if cell.solution else answer


def _put_back(cell: MasterCell) -> Remark:
    if cell.keeps_source:
        return Remark(sentence("The %(cell)s had been deleted; it was put back.", cell=cell.words))
    what = sentence("The %(cell)s was missing; an empty one was put in its place.", cell=cell.words)
    return Remark(what, needs_person=cell.grade)


def _misplaced(entries: list[_Entry], wanted: Master, place: dict[str, int]) -> dict[str, _Entry]:
    """The locked cells that do not stand in the instructor's order, or before the answer that they belong to."""
    owned = [entry for entry in entries if entry.owner]
    order = [place[entry.owner.name] for entry in owned if entry.owner]
    in_order = set(_longest_increasing(order))
    position = {place_: number for number, place_ in enumerate(order)}
    answers = [number for number, cell in enumerate(wanted.cells) if cell.solution]
    found = {}
    for number, entry in enumerate(owned):
        if entry.owner is None or not entry.owner.keeps_source:
            continue
        before = bisect_left(answers, order[number])
        late = before > 0 and position.get(answers[before - 1], -1) > number
        if order[number] not in in_order or (late and entry.owner.is_check):
            found[entry.owner.name] = entry
    return found


def _longest_increasing(numbers: list[int]) -> Iterator[int]:
    """The members of a longest increasing part of these distinct numbers, last one first."""
    ends: list[int] = []
    at: list[int] = []
    previous: list[int | None] = []
    for number, value in enumerate(numbers):
        length = bisect_left(ends, value)
        previous.append(at[length - 1] if length else None)
        ends[length : length + 1] = [value]
        at[length : length + 1] = [number]
    current = at[-1] if at else None
    while current is not None:
        yield numbers[current]
        current = previous[current]


def _after(entries: list[_Entry], anchors: set[str | None]) -> int:
    """Behind the last of these cells and the learner's own cells that follow it; the start if there is none of them."""
    last = max((n for n, entry in enumerate(entries) if entry.owner and entry.owner.name in anchors), default=-1)
    if last < 0:
        return 0
    position = last + 1
    while position < len(entries) and entries[position].owner is None:
        position += 1
    return position


def _finished(entry: _Entry, number: int, taken: set[str]) -> NotebookNode:
    cell, owner = entry.cell, entry.owner
    if owner:
        source = owner.source if owner.keeps_source else cell.source
        node = _new(owner.cell_type, source, owner.id)
        node.metadata["nbgrader"] = _node(**owner.metadata())
    else:
        identity = cell.id if cell.id and cell.id not in taken else f"added-{number}"
        while identity in taken:
            identity = f"{identity[:50]}-{number}"
        taken.add(identity)
        node = _new(cell.cell_type, cell.source, identity)
    if cell.attachments and node.cell_type == "markdown":
        node["attachments"] = cell.attachments
    return node


def _new(cell_type: str, source: str, identity: str) -> NotebookNode:
    # Not nbformat's functions, which hold each cell against the schema: the whole notebook is checked once, at the end.
    node: dict[str, Any] = {"cell_type": cell_type, "id": identity, "metadata": _node(), "source": source}
    if cell_type == "code":
        node |= {"execution_count": None, "outputs": []}
    return _node(**node)


def _node(**content: Any) -> NotebookNode:
    return NotebookNode(**content)  # type: ignore[no-untyped-call]
