"""What each image is made of."""

from pathlib import Path

import pytest

from doorstart.images.recipe import RecipeError, read, read_all

TOP = Path(__file__).parents[3]


def make(top: Path, name: str, text: str) -> Path:
    folder = top / "images" / name
    folder.mkdir(parents=True)
    (folder / "image.toml").write_text(text)
    return folder


def test_parents_come_first() -> None:
    ordered = [recipe.name for recipe in read_all(TOP)]
    assert ordered[0] == "base"
    assert ordered.index("kernel") < ordered.index("learner") < ordered.index("instructor")


def test_no_dockerfile_pulls_or_needs_buildkit() -> None:
    for path in TOP.glob("images/*/Dockerfile"):
        text = path.read_text()
        assert "--mount" not in text, path
        assert "# syntax" not in text, path
        assert {line.split()[1] for line in text.splitlines() if line.startswith("FROM")} == {"${PARENT}"}, path


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "summary is missing"),
        ('summary = "x"', "parent is missing"),
        ('summary = "x"\nparent = "base"\ncolour = "red"', "unknown field 'colour'"),
        ("summary =", "image.toml"),
    ],
)
def test_a_wrong_recipe_says_what_is_wrong(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(RecipeError, match=reason):
        read(make(tmp_path, "thing", text))


def test_a_circle_of_parents_is_refused(tmp_path: Path) -> None:
    make(tmp_path, "one", 'summary = "x"\nparent = "two"')
    make(tmp_path, "two", 'summary = "x"\nparent = "one"')
    with pytest.raises(RecipeError, match="can be built first"):
        read_all(tmp_path)
