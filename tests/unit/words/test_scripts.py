"""Programs in JavaScript say our sentences, and another version of them stops the build."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import nbgrader
import pytest

from doorstart_words.scripts import MARK, Piece, ScriptError, pieces, programs, rewrite, rewrite_all

SHARE = Path(sys.prefix) / "share"
PLACES = {
    "administration": SHARE / "jupyterhub" / "static",
    "panels": SHARE / "jupyter" / "labextensions" / "@jupyter" / "nbgrader",
    "formgrader": Path(nbgrader.__file__).parent / "server_extensions" / "formgrader",
}
STAGE = """
globalThis.document = {documentElement: {lang: process.argv[2]}};
let value = "7";
"""


@pytest.mark.parametrize(("name", "program"), list(programs()))
def test_the_programs_that_are_installed_have_each_piece(name: str, program: str, tmp_path: Path) -> None:
    for pattern in pieces(name):
        for file in PLACES[name].glob(pattern):
            copy = tmp_path / file.relative_to(PLACES[name])
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
    rewrite_all(name, tmp_path, program)
    written = {file: file.read_text() for file in tmp_path.rglob("*.js")}
    assert all(code.startswith(MARK) for code in written.values())
    for file in written:
        subprocess.run(["node", "--check", str(file)], check=True)
    rewrite_all(name, tmp_path, program)
    assert {file: file.read_text() for file in written} == written, "doing it twice changes nothing"


def test_a_piece_that_is_gone_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match=r"There is no js/admin-react\.js"):
        rewrite_all("administration", tmp_path, "jupyterhub")
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "admin-react.js").write_text("console.log('new')")
    with pytest.raises(ScriptError, match=r"is gone. Look at scripts/administration\.txt"):
        rewrite_all("administration", tmp_path, "jupyterhub")


@pytest.mark.parametrize(
    ("language", "said"),
    [("nl-NL", "Nakijken|Dit kan niet nagekeken worden: 7|Fetch<b>Opdrachten</b>"), ("en", None), ("", None)],
)
def test_a_script_speaks_the_language_of_its_document(language: str, said: str | None, tmp_path: Path) -> None:
    code = """console.log("Validate" + "|" + `Cannot validate: ${value}` + '|Fetch<b>Assignments</b>')"""
    listed = [
        Piece("", '"Validate"', ""),
        Piece("", "`Cannot validate: ${value}`", ""),
        Piece("<b>", "Assignments", "</b>"),
    ]
    script = tmp_path / "script.js"
    script.write_text(STAGE + rewrite(code, listed, "nbgrader"))
    heard = subprocess.run(["node", str(script), language], check=True, capture_output=True, text=True).stdout.strip()
    assert heard == (said or "Validate|Cannot validate: 7|Fetch<b>Assignments</b>")
