"""Images on the real engine: the same inputs give the same image, and every image tells what is in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import docker
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from doorstart.images import labels, sbom
from doorstart.images.archive import CREATED
from doorstart.images.build import Builder, Image
from doorstart.images.compile import compiled
from doorstart.images.layers import File, Layer, LayerCache
from doorstart.images.making import Maker
from doorstart.images.python import Wheel
from doorstart.site import engine
from doorstart.site.place import TOP


@pytest.fixture(scope="module")
def client() -> docker.DockerClient:
    client = engine.ensure_engine(print)
    engine.ensure_tools(print)
    return client


@pytest.fixture(scope="module")
def images(client: docker.DockerClient) -> dict[str, Image]:
    """The images of this checkout."""
    return Builder(TOP, client, print).build_all()


@pytest.fixture(scope="module")
def packages(client: docker.DockerClient) -> Path:
    """The folder of the packages that these tests build from; fetched, also if the engine has every image already."""
    builder = Builder(TOP, client, print)
    builder.fetch(["relay", "hub"])
    return builder.cache


def checkout(place: Path, packages: Path) -> Path:
    """A copy of what images are made of, with the packages that were fetched, without the layers that were made."""
    for name in ("images", "hub", "extensions"):
        shutil.copytree(TOP / name, place / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    for name in ("pyproject.toml", "uv.lock", "README.md", "LICENSE"):
        shutil.copy(TOP / name, place / name)
    shutil.copytree(packages / "debian", place / "build" / "images" / "debian")
    # Another base, so that the images of this checkout, which others run, stay as they are.
    recipe = place / "images" / "base" / "image.toml"
    recipe.write_text(recipe.read_text().replace('summary = "', 'summary = "For a test: '))
    return place


@pytest.fixture(scope="module")
def twice(client: docker.DockerClient, packages: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Image]:
    """The relay's image, built in two checkouts one after the other, the first of them removed before the second."""
    found: list[Image] = []
    for _ in range(2):
        made = Builder(checkout(tmp_path_factory.mktemp("checkout"), packages), client, print).build(["base", "relay"])
        assert made["relay"].built
        found.append(made["relay"])
        for name in ("relay", "base"):
            client.images.remove(made[name].tag)
    return found


def test_two_builds_of_an_image_are_the_same_image(twice: list[Image]) -> None:
    first, second = twice
    assert first.tag == second.tag
    assert first.id == second.id


def wheels(packages: Path, *names: str) -> list[Wheel]:
    return [Wheel(name, next((packages / "wheelhouse").glob(f"{name}-*.whl")), "") for name in names]


def test_a_changed_package_changes_its_layer_and_no_other(
    client: docker.DockerClient, images: dict[str, Image], packages: Path, tmp_path: Path
) -> None:
    def layers(cache: str, *grouped: tuple[str, ...]) -> dict[tuple[str, ...], Layer]:
        found = [wheels(packages, *names) for names in grouped]
        return Maker(client, LayerCache(tmp_path / cache)).python(images["base"].id, found)

    before = layers("one", ("jinja2", "markupsafe"), ("idna",))
    after = layers("two", ("jinja2",), ("idna",), ("certifi",))
    assert before["idna",].digest == after["idna",].digest
    assert before["jinja2", "markupsafe"].digest not in {layer.digest for layer in after.values()}


def test_every_image_has_a_valid_list_of_its_packages(client: docker.DockerClient, images: dict[str, Image]) -> None:
    expected = {
        "base": ("deb", "libc6"),
        "exchange": ("pypi", "fastapi"),
        "hub": ("pypi", "jupyterhub"),
        "instructor": ("pypi", "doorstart-grading"),
        "kernel": ("pypi", "pandas"),
        "learner": ("pypi", "pandas"),
        "proxy": ("npm", "configurable-http-proxy"),
        "relay": ("deb", "nginx"),
        "sandbox": ("pypi", "docker"),
    }
    assert set(images) == set(expected)
    for name, image in images.items():
        content = sbom.read_document(client, image.id)
        assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(content.decode()) is None, name
        packages = sbom.parse(content).packages
        assert expected[name] in {(package.kind, package.name) for package in packages}, name
        assert all(package.digest for package in packages), name
        without = [package.name for package in packages if package.kind != "deb" and not package.licence]
        assert not without, f"{name}: no licence of {without}"


def test_every_image_says_what_it_is_and_nothing_of_the_time(
    client: docker.DockerClient, images: dict[str, Image]
) -> None:
    for name, image in images.items():
        attributes = client.images.get(image.id).attrs
        told = attributes["Config"]["Labels"]
        assert told["doorstart.name"] == name
        assert told["doorstart.inputs"].startswith(image.tag.partition(":")[2])
        for key in ("title", "description", "version", "licenses"):
            assert told[f"org.opencontainers.image.{key}"]
        assert attributes["Created"] == CREATED
        assert {entry["Created"] for entry in client.images.get(image.id).history()} == {315532800}


def test_the_learners_image_is_small_and_says_what_takes_its_place(
    client: docker.DockerClient, images: dict[str, Image]
) -> None:
    assert images["learner"].size < 585e6
    summary = sbom.read_document(client, images["learner"].id, labels.SUMMARY).decode()
    assert "Python: numpy" in summary
    assert len(client.images.get(images["instructor"].id).attrs["RootFS"]["Layers"]) <= 64


def test_packages_are_added_to_an_image_that_has_a_user_of_its_own(
    client: docker.DockerClient, images: dict[str, Image]
) -> None:
    """As the learner's image adds to the kernel's, whose entry point and user are not for this."""
    made = compiled(client, images["kernel"].id, {"one": [File("opt/one.py", b"ONE = 1\n")]})
    assert [file.path for file in made["one"]] == ["opt/__pycache__/one.cpython-313.pyc"]
