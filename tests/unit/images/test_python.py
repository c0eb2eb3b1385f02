"""From the lock to the requirements of an image."""

from pathlib import Path

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


def test_wheels_of_names_each_once(tmp_path: Path) -> None:
    for name in ("alpha-1.0-py3-none-any.whl", "alpha-1.1-py3-none-any.whl", "other-1.0-py3-none-any.whl"):
        (tmp_path / name).touch()
    assert [path.name for path in python.wheels_of(tmp_path, "alpha==1.0 \\\n --hash=sha256:aa\n")] == [
        "alpha-1.0-py3-none-any.whl"
    ]


def test_a_package_that_was_built_here_has_the_hash_of_its_wheel(tmp_path: Path) -> None:
    (tmp_path / "gamma-1.0-py3-none-any.whl").write_bytes(b"wheel")
    wanted = "alpha==1.0 \\\n    --hash=sha256:aa\ngamma==1.0 \\\n    --hash=sha256:source\n"
    pinned = python.with_built(tmp_path, wanted, {"gamma"})
    assert "--hash=sha256:aa" in pinned
    assert "sha256:source" not in pinned
    assert "gamma==1.0 --hash=sha256:" in pinned
