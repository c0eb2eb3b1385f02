"""From the lock to the requirements of an image."""

import hashlib
import shutil
from pathlib import Path

import pytest
from pytest import MonkeyPatch

from doorstart.images import python

TOP = Path(__file__).parents[3]

EXPORTED = """\
alpha==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:ab
beta==2.0 ; python_full_version < '3.12' \\
    --hash=sha256:ba
beta==3.0 ; python_full_version >= '3.12' \\
    --hash=sha256:bb
colorama==0.4 ; sys_platform == 'win32' \\
    --hash=sha256:ca
"""


def test_markers_are_those_of_the_image_not_of_the_host() -> None:
    assert python.for_target(EXPORTED) == (
        "alpha==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:ab\nbeta==3.0 \\\n    --hash=sha256:bb\n"
    )


def test_the_lock_gives_hashed_requirements_for_every_image() -> None:
    for source in ("group:kernel", "group:learner", "extra:hub", "extra:exchange", "extra:sandbox"):
        wanted = python.requirements(TOP, source)
        packages = [line for line in wanted.splitlines() if not line.startswith(" ")]
        assert packages, source
        assert all("==" in line and line.endswith("\\") for line in packages), source
        names = [line.split("==")[0] for line in packages]
        assert len(names) == len(set(names)), f"{source}: two versions of one package"


def test_requirements_are_told_anew_when_the_lock_says_something_else(tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    exported: list[str] = []

    def export(top: Path, source: str) -> str:
        exported.append(source)
        return (top / "uv.lock").read_text()

    monkeypatch.setattr(python, "_exported", export)
    for name in ("uv.lock", "pyproject.toml"):
        (tmp_path / name).write_text("alpha==1.0 \\\n    --hash=sha256:aa\n")
    first = [python.requirements(tmp_path, source) for source in ("group:kernel", "group:kernel", "extra:hub")]
    assert (len(set(first)), exported) == (1, ["group:kernel", "extra:hub"])
    (tmp_path / "uv.lock").write_text("alpha==2.0 \\\n    --hash=sha256:ab\n")
    assert "alpha==2.0" in python.requirements(tmp_path, "group:kernel")
    (tmp_path / "pyproject.toml").write_text("")
    python.requirements(tmp_path, "group:kernel")
    assert exported == ["group:kernel", "extra:hub", "group:kernel", "group:kernel"]


HASH = {name: f"sha256:{hashlib.sha256(name.encode()).hexdigest()}" for name in ("alpha", "gamma", "other")}


def pin(name: str, version: str = "1.0") -> python.Pin:
    return python.Pin(name, version, (HASH[name],), f"{name}=={version} --hash={HASH[name]}")


def test_pins_are_the_packages_of_hashed_requirements() -> None:
    first, second = python.pins(
        f"Alpha[extra]==1.0 \\\n    --hash={HASH['alpha']} \\\n    --hash={HASH['other']}\n"
        f"gamma==2.0 \\\n    --hash={HASH['gamma']}\n"
    )
    assert (first.name, first.version, first.hashes) == ("alpha", "1.0", (HASH["alpha"], HASH["other"]))
    assert (second.name, second.version, second.hashes) == ("gamma", "2.0", (HASH["gamma"],))


def test_wheels_that_are_there_with_the_locks_hash_need_no_network(tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    (tmp_path / "alpha-1.0-py3-none-any.whl").write_bytes(b"alpha")
    (tmp_path / "alpha-1.1-py3-none-any.whl").write_bytes(b"alpha")
    (tmp_path / "gamma-1.0-py3-none-any.whl").write_bytes(b"built here")
    monkeypatch.setattr(python, "_pip", lambda *_: pytest.fail("pip was run"))
    found = python.fetch(tmp_path, [pin("alpha"), pin("gamma")], {"gamma"}, print)
    assert found["alpha"] == python.Wheel("alpha", tmp_path / "alpha-1.0-py3-none-any.whl", HASH["alpha"])
    assert found["gamma"].digest == HASH["gamma"]  # of the source, which the lock names


def test_a_wheel_with_another_hash_is_fetched_again(tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    (tmp_path / "alpha-1.0-py3-none-any.whl").write_bytes(b"something else")
    asked: list[list[str]] = []
    monkeypatch.setattr(python, "_pip", lambda _, entries, *__: asked.append(entries))
    with pytest.raises(python.FetchError, match="no wheel of alpha"):
        python.fetch(tmp_path, [pin("alpha")], set(), print)
    assert asked[0] == [pin("alpha").line]


def test_the_lock_tells_how_large_packages_are() -> None:
    sizes = python.sizes(TOP)
    assert sizes["pandas"] > 5_000_000
    assert 0 < sizes["six"] < 100_000


def test_a_wheel_of_our_own_is_built_again_only_when_its_sources_changed(tmp_path: Path) -> None:
    top, place = tmp_path / "top", tmp_path / "wheels" / "none"
    for name in ("pyproject.toml", "uv.lock", "LICENSE"):
        (top / "extensions").mkdir(parents=True, exist_ok=True)
        shutil.copy(TOP / name, top / name)
    for folder in (TOP / "extensions").iterdir():
        if (folder / "pyproject.toml").is_file():
            shutil.copytree(folder, top / "extensions" / folder.name, ignore=shutil.ignore_patterns("node_modules"))
    (top / "hub" / "doorstart").mkdir(parents=True)
    both = ("doorstart-checks", "doorstart-warehouse")
    first = {wheel.name: wheel for wheel in python.build_workspace(top, both, place)}
    with (top / "extensions" / "warehouse" / "src" / "doorstart_warehouse" / "__init__.py").open("a") as file:
        file.write("CHANGED = 1\n")
    second = {wheel.name: wheel for wheel in python.build_workspace(top, both, place)}
    assert set(first) == set(both)
    assert second["doorstart-checks"] == first["doorstart-checks"]
    assert second["doorstart-warehouse"].digest != first["doorstart-warehouse"].digest
    assert len(list((tmp_path / "wheels").iterdir())) == 3
    assert python.build_workspace(top, both, place) == list(second.values())
