"""An image's tag stands for all that goes into it."""

import shutil
from functools import cache
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from doorstart.images import python
from doorstart.images.build import Builder, BuildError

TOP = Path(__file__).parents[3]


requirements = cache(python.requirements)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what the images are made of; no test changes its lock, which takes its time to read."""
    monkeypatch.setattr("doorstart.images.inputs.python.requirements", lambda _, source: requirements(TOP, source))
    for name in ("images", "hub", "extensions"):
        shutil.copytree(TOP / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    for name in ("pyproject.toml", "uv.lock", "README.md", "LICENSE"):
        shutil.copy(TOP / name, tmp_path / name)
    return tmp_path


def tags(top: Path) -> dict[str, str]:
    builder = Builder(top, MagicMock(), print)
    return {recipe.name: builder.tag(recipe) for recipe in builder.recipes}


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_the_same_content_has_the_same_tags(checkout: Path) -> None:
    before = tags(checkout)
    for path in checkout.rglob("*.py"):
        path.touch()
    (checkout / "images" / "learner" / "README.md").write_text("words")
    assert tags(checkout) == before


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("images/relay/nginx.conf", {"relay"}),
        ("images/kernel/launcher.py", {"kernel", "learner", "instructor"}),
        ("hub/doorstart/names.py", {"hub", "exchange", "sandbox"}),
        ("hub/jupyterhub_config.py", {"hub"}),
        (
            "extensions/exchange_client/src/doorstart_exchange_client/client.py",
            {"learner", "instructor"},
        ),
        ("images/install-debian", {"relay", "proxy"}),
    ],
)
def test_a_change_reaches_the_images_that_it_is_in_and_no_other(checkout: Path, path: str, expected: set[str]) -> None:
    before = tags(checkout)
    with (checkout / path).open("a") as file:
        file.write("\n# changed\n")
    assert changed(before, tags(checkout)) == expected


def test_another_debian_package_rebuilds_the_base_and_so_all(checkout: Path) -> None:
    before = tags(checkout)
    recipe = checkout / "images" / "base" / "image.toml"
    recipe.write_text(recipe.read_text().replace('"python3"', '"python3", "netbase"'))
    assert changed(before, tags(checkout)) == set(before)


def test_an_image_that_does_not_exist_is_named_with_those_that_do(checkout: Path) -> None:
    with pytest.raises(BuildError, match=r"no image named learnr. There are: base, .*learner"):
        Builder(checkout, MagicMock(), print).build(["learnr"])


def test_another_day_of_debian_is_another_image(checkout: Path) -> None:
    one, other = (Builder(checkout, MagicMock(), print, day) for day in ("20260101", "20260201"))
    assert {one.tag(recipe) for recipe in one.recipes}.isdisjoint({other.tag(recipe) for recipe in other.recipes})
