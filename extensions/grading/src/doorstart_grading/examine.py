"""Runs a notebook in the sandbox, in the place of nbgrader's Execute. What that is worth is not decided here.

In the sandbox, learners' code and the checks are run by two processes that cannot reach each other. This server runs
neither.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from nbformat import NotebookNode
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from traitlets import Dict, Float, Integer, Unicode, default

from doorstart_grading import grader, language, master, remarks
from doorstart_grading.answer import AnswerError, check_outcome, ending, learner_outputs, results_of, too_long
from doorstart_grading.job import Job, is_check, job_cell, runnable
from doorstart_grading.remarks import Remark
from doorstart_grading.sanitise import Budget
from doorstart_grading.sentence import SentenceError, Told, sentence
from doorstart_grading.translation import Words
from doorstart_sandbox_kernel.client import Sandbox, SandboxBusyError, SandboxError
from doorstart_sandbox_kernel.workfolder import MIB

_ATTEMPTS = 5
"""With the waits between them, 15 s: a sandbox that was killed needs some to be back on a busy machine."""
_TOO_LARGE = (413, 422)
_WITHOUT_FILES = Remark(
    sentence("Its files are too large to go along with the notebook, so it was run without."), needs_person=True
)


class NotGradedError(SentenceError, NbGraderException):
    """The notebook could not be run, so nothing was scored; the message is for an instructor."""


class Examine(NbGraderPreprocessor):
    """Has the code cells of a notebook run in the sandbox, and puts down what came of them.

    A cell of checks (graded, and not an answer) is run by the examiner, all others by the learner's kernel.
    """

    socket = Unicode(
        "/run/doorstart/sandbox/sandbox.sock", config=True, help="Path of the sandbox service's Unix socket."
    )
    token = Unicode(config=True, help="The Hub token of this server; JUPYTERHUB_API_TOKEN unless given.")
    busy_timeout = Float(
        600, config=True, help="Seconds to wait while as many notebooks as the site takes are being graded."
    )
    work_size = Integer(
        60 * MIB, config=True, help="Most bytes of files that go along with a notebook; the sandbox has a limit too."
    )
    limits = Dict(
        {},
        config=True,
        help="Limits of one notebook, as the sandbox names them; it has its own, and the last word.",
    )

    @default("token")
    def _default_token(self) -> str:
        return os.environ.get("JUPYTERHUB_API_TOKEN", "")

    def preprocess(self, notebook: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook with outputs that were made just now.

        Raises:
            NotGradedError: the sandbox cannot be reached, refuses, or is busy for too long.
        """
        place = resources["nbgrader"]
        coursedir = self.parent.parent.coursedir
        wanted = master.load(coursedir, place["assignment"], place["notebook"])
        cells = runnable(notebook.cells)
        job = Job([job_cell(cell) for cell in cells], self._hidden(), wanted.imports, dict(self.limits))
        try:
            answer, complete = self._ask(job, Path(resources["metadata"]["path"]))
            results = results_of(answer, job.cells)
        except (AnswerError, NotGradedError) as error:
            # Before nbgrader's own lines, which do not say why.
            self.log.error("%s", error)
            raise NotGradedError(error.sentence) from error
        notes = [] if complete else [_WITHOUT_FILES]
        notes += _put_down(notebook, cells, results, language.of(language.of_course(str(coursedir.course_id))))
        ended = ending(answer)
        if ended:
            notebook.metadata.setdefault("doorstart", {})["kernel"] = {"ended": ended[0]}
            notes.append(Remark(ended[1]))
        remarks.add(notebook, notes)
        return notebook, resources

    def look(self) -> None:
        """Make sure that the sandbox answers, and ask what it grades with.

        Raises:
            SandboxError: it does not answer, or refuses.
        """
        grader.ask(_sandbox(self.socket, self.token))

    def _hidden(self) -> tuple[str, str]:
        clear = ClearHiddenTests(parent=self)
        return clear.begin_test_delimeter, clear.end_test_delimeter

    def _ask(self, job: Job, folder: Path) -> tuple[dict[str, Any], bool]:
        """The sandbox's answer, and whether the files of the folder went along."""
        with io.BytesIO() as archive:
            complete = job.pack(folder, archive, self.work_size)
            try:
                return self._send(archive), complete
            except SandboxError as error:
                if error.status not in _TOO_LARGE or not complete:
                    raise _not_scored(error) from error
                archive.seek(0)
                archive.truncate()
                job.pack(folder, archive, 0)
                try:
                    return self._send(archive), False
                except SandboxError as again:
                    raise _not_scored(again) from again

    def _send(self, archive: BinaryIO) -> dict[str, Any]:
        sandbox = _sandbox(self.socket, self.token)
        deadline = time.monotonic() + self.busy_timeout
        attempts = 0
        while True:
            archive.seek(0)
            try:
                grader.ask(sandbox)
                return sandbox.grade(archive)
            except SandboxBusyError:
                if time.monotonic() >= deadline:
                    raise
                self.log.debug("The sandbox is busy; waiting.")
                time.sleep(0.5)
            except SandboxError as error:
                attempts += 1
                if error.status is not None or attempts == _ATTEMPTS:
                    raise
                # A connection that the service closed just now, or a service that is being restarted.
                time.sleep(2 ** (attempts - 1))


@lru_cache(maxsize=4)
def _sandbox(socket: str, token: str) -> Sandbox:
    return Sandbox(socket, token)


def _not_scored(why: SandboxError) -> NotGradedError:
    return NotGradedError(sentence("%(why)s Nothing was scored.", why=Told(str(why))))


def _put_down(
    notebook: NotebookNode, cells: list[NotebookNode], results: list[dict[str, Any]], words: Words
) -> Iterator[Remark]:
    """Give each code cell its outputs, and nothing else that was not there before."""
    found = {cell.id: result for cell, result in zip(cells, results, strict=True)}
    budget = Budget()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if cell.id not in found:
            cell.outputs, cell.execution_count = [too_long(words)], None
            yield Remark(sentence("Some cells were not run, because they are too long or too many."), needs_person=True)
        elif is_check(cell):
            nbgrader = cell.metadata["nbgrader"]
            outcome = check_outcome(found[cell.id], float(nbgrader["points"]), nbgrader["grade_id"], words)
            cell.outputs, cell.execution_count = outcome.outputs, None
            cell.metadata["doorstart"] = outcome.report
            if outcome.remark:
                yield outcome.remark
        else:
            cell.outputs, cell.execution_count = learner_outputs(found[cell.id], budget, words)
