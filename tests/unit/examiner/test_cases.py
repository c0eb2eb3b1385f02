"""The same test cell, unchanged, in the learner's notebook and in the examiner."""

from __future__ import annotations

import builtins
import contextlib
import io
import random
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

from .cases import CASES, Case


def _in_notebook(case: Case) -> BaseException | None:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(case.learner, "<learner>", "exec"), names)  # noqa: S102
    try:
        exec(compile(case.test, "<test>", "exec"), names)  # noqa: S102
    except BaseException as error:
        return error
    return None


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(builtins, "input", builtins.input)
    for stream in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, stream, io.StringIO())
    random.seed(0)
    np.random.seed(0)
    mpl.use("agg")


@pytest.mark.usefixtures("notebook")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_in_the_notebook(case: Case) -> None:
    module = sys.modules["__main__"]
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            error = _in_notebook(case)
    finally:
        sys.modules["__main__"] = module
        import matplotlib.pyplot as plt

        plt.close("all")
    assert (error is None) is case.passes, repr(error)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_in_the_examiner(case: Case, grade: Any) -> None:
    learner, test = grade(case.learner, ("test", case.test))["cells"]
    assert learner["status"] == "ok", learner
    assert test["status"] == ("passed" if case.passes else "failed"), test


def test_nothing_else_is_in_the_folder(grade: Any) -> None:
    answer = grade(
        "import os\nfiles = os.listdir()", ("test", "assert files == ['data.txt']"), files={"data.txt": b"x"}
    )
    assert answer["cells"][1]["status"] == "passed"
