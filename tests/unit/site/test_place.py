"""A site's files on the host."""

import stat
from pathlib import Path

import pytest
import yaml

from doorstart.images.registry import SERVICES
from doorstart.settings import Settings
from doorstart.site import place as place_module
from doorstart.site.place import TOP, Place

IMAGES = {name: f"sha256:{name}" for name in SERVICES}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(place_module, "TOP", tmp_path)
    return Place(Settings(site="little", port=8123, pids_limit=99, _env_file=None))  # type: ignore[call-arg]


def lines(path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def test_services_get_the_settings_that_are_not_the_default(place: Place) -> None:
    place.write(IMAGES)
    written = lines(place.folder / "site.env")
    assert written == {
        "DOORSTART_SITE": "little",
        "DOORSTART_PIDS_LIMIT": "99",
        "DOORSTART_PORT": "8123",
    }
    assert stat.S_IMODE((place.folder / "site.env").stat().st_mode) == 0o600


def test_what_is_written_reads_back_as_the_same_settings(place: Place) -> None:
    place.write(IMAGES)
    again = Settings(_env_file=place.folder / "site.env")  # type: ignore[call-arg]
    assert (again.site, again.pids_limit) == ("little", 99)


def test_compose_gets_every_variable_that_its_file_names(place: Place) -> None:
    place.write(IMAGES)
    text = (TOP / "docker-compose.yml").read_text()
    named = {part.split("}")[0] for part in text.split("${")[1:]}
    assert named == set(lines(place.folder / "compose.env"))
    assert lines(place.folder / "compose.env")["DOORSTART_HUB_IMAGE"] == place.chosen("hub") == "sha256:hub"


def test_only_the_proxy_has_a_network_and_a_port() -> None:
    services = yaml.safe_load((TOP / "docker-compose.yml").read_text())["services"]
    assert set(services) == set(SERVICES)
    for name, service in services.items():
        assert ("ports" in service) == (name == "proxy")
        assert (service.get("network_mode") == "none") == (name != "proxy")
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True


def test_only_what_starts_containers_has_the_engine_s_socket() -> None:
    services = yaml.safe_load((TOP / "docker-compose.yml").read_text())["services"]
    with_socket = {name for name, one in services.items() if any("docker.sock" in v for v in one["volumes"])}
    assert with_socket == {"hub", "sandbox"}
