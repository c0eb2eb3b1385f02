"""The logic of JupyterLab's page in Node, and that the page is made the same each time."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from doorstart.images import lab

from . import answers

TOP = Path(__file__).parents[3]
HERE = Path(__file__).parent
CACHE = TOP / "build" / "images" / "lab"


def test_the_logic_of_the_page(tmp_path: Path) -> None:
    tools = lab.tools(TOP / lab.PLACE, CACHE, print)
    refusals = sorted(answers.of_the_exchange() | answers.of_the_relay() | answers.of_the_server())
    environment = {
        **os.environ,
        "NODE_PATH": str(tools / "node_modules"),
        "LOGIC": str(tmp_path / "logic.mjs"),
        "REFUSALS": json.dumps(refusals),
        "SCHEMAS": str(Path(sys.prefix) / "share" / "jupyter" / "lab" / "schemas"),
    }
    ui = str(TOP / lab.PLACE / "ui")
    for command in (["node", "bundle.js", ui, str(tmp_path / "logic.mjs")], ["node", "--test", "logic.test.mjs"]):
        done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_is_made_the_same_each_time() -> None:
    """Also in another folder, as in another checkout."""
    tools = lab.tools(TOP / lab.PLACE, CACHE, print)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="another-checkout-") as other:
        shutil.copytree(tools, Path(other) / tools.name, copy_function=os.link, symlinks=True)
        made = [lab.build(TOP, cache, print) for cache in (CACHE, Path(other))]
        first, second = ({p.relative_to(m): p.read_bytes() for p in m.rglob("*") if p.is_file()} for m in made)
    assert made[0] != made[1]
    assert first == second
    assert any(path.name.startswith("remoteEntry") for path in first)


def test_two_who_make_the_page_at_once_both_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=30)

    def make(_: Path, scratch: Path, __: Path) -> None:
        (scratch / lab.OUTPUT).mkdir()
        (scratch / lab.OUTPUT / "page.js").write_text("the same")
        both.wait()

    monkeypatch.setattr(lab, "tools", lambda *_: tmp_path / "tools")
    monkeypatch.setattr(lab, "_make", make)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: lab.build(TOP, tmp_path, print), range(2))
    assert one == other
    assert [path.name for path in tmp_path.iterdir()] == [one.name], "nothing is left of the one that was late"
    assert (one / "page.js").read_text() == "the same"


def test_the_page_asks_nothing_of_outside() -> None:
    made = lab.build(TOP, CACHE, print)
    for path in (made / "static").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert "http://" not in text.replace("http://www.w3.org/", ""), path.name
        assert "https://" not in text, path.name
