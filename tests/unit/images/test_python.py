"""From the lock to the requirements of an image."""

import hashlib
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
