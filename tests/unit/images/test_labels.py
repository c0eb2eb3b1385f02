"""What an image says of itself."""

import subprocess
from pathlib import Path

import pytest

from doorstart.images import labels
from doorstart.images.layers import Layer
from doorstart.images.recipe import Recipe
from doorstart.images.sbom import Package

RECIPE = Recipe("relay", "The relay", "base", "", (), (), False, False, (), Path("images/relay"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit, of the folder ``one``."""
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    commit(tmp_path, "init", "--quiet")
    commit(tmp_path, "add", "one")
    commit(tmp_path, "commit", "--quiet", "--message=one")
    return tmp_path


def commit(top: Path, *command: str) -> str:
    identity = ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, *command], cwd=top, check=True, capture_output=True, text=True).stdout


def test_the_revision_is_the_last_commit_that_changed_a_source(repository: Path) -> None:
    first = commit(repository, "rev-parse", "HEAD").strip()
    commit(repository, "add", "other")
    commit(repository, "commit", "--quiet", "--message=other")
    assert labels.revision(repository, [repository / "one"]) == first
    assert labels.revision(repository, [repository / "one", repository / "other"]) != first


def test_a_source_that_was_changed_since_makes_the_revision_dirty(repository: Path) -> None:
    (repository / "one" / "file").write_text("changed")
    assert labels.revision(repository, [repository / "one"]).endswith("-dirty")


def test_without_git_there_is_no_revision(tmp_path: Path) -> None:
    assert labels.revision(tmp_path, [tmp_path]) == ""
    assert "org.opencontainers.image.revision" not in labels.labels(RECIPE, "1", "", "abc", "", [1])


def test_labels_name_image_version_inputs_and_sizes() -> None:
    told = labels.labels(RECIPE, "0.1.0+abc", "1234", "abcdef", "six==1", [10, 20])
    assert told["org.opencontainers.image.description"] == "The relay"
    assert told["org.opencontainers.image.version"] == "0.1.0+abc"
    assert told["org.opencontainers.image.revision"] == "1234"
    assert told["doorstart.name"] == "relay"
    assert told["doorstart.inputs"] == "abcdef"
    assert told["doorstart.sizes"] == "10 20"
    assert len(told["doorstart.lock"]) == 64


def test_a_summary_tells_size_packages_and_the_ten_largest_parts() -> None:
    layers = [Layer("sha256:a", number * 1_000_000, None, f"part {number}") for number in range(12)]
    packages = [Package("deb", "libc6", "1"), Package("pypi", "six", "1"), Package("pypi", "idna", "1")]
    text = labels.summary(RECIPE, "1", packages, layers)
    assert "Size: 66.0 MB" in text
    assert "Packages: 1 Debian, 2 Python" in text
    assert "11.0 MB  part 11" in text
    assert "part 1\n" not in text
