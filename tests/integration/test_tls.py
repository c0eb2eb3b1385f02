"""A second site on the same engine, with a certificate: HTTPS for everything, off again, and the site's end.

The site with which these tests end is not the one that the other tests use.
"""

from __future__ import annotations

import ssl
from typing import Any

import httpx
import pytest
from docker.types import Mount

from doorstart import names
from doorstart.check.client import Person
from doorstart.courses import read_course
from doorstart.site import containers
from doorstart.site.courses import course_folders

from .command import doorstart
from .volumes import in_volume

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]


def test_two_settings_turn_https_on(second_site: Any) -> None:
    assert second_site.url.startswith("https://")
    trusted = ssl.create_default_context(cafile=str(second_site.certificate))
    assert httpx.get(f"{second_site.url}/hub/login", verify=trusted).status_code == httpx.codes.OK
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"{second_site.url.replace('https', 'http')}/hub/login")
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{second_site.url}/hub/login")


def test_a_learner_works_over_https(second_site: Any) -> None:
    name, password = second_site.add("learner", ["programming.en"])
    with Person(second_site.url, name, password, verify=False) as person:
        login = [cookie for cookie in person.http.cookies.jar if cookie.name == "jupyterhub-hub-login"]
        assert login and all(cookie.secure for cookie in login), "the log-in never travels in the clear"
        assert person.start_server().run("print('by a websocket')").strip() == "by a websocket"
        person.stop_server()


def test_the_key_is_for_the_proxy_only(second_site: Any) -> None:
    code = "ls -ln /run/doorstart/tls/key.pem"
    line = containers.execute(second_site.client, f"{second_site.name}-proxy", ["sh", "-c", code]).decode()
    mode, _, owner, *_ = line.split()
    assert (mode, owner) == ("-r--------", str(names.PROXY_UID))
    for service in ("hub", "relay", "exchange", "sandbox"):
        mounts = second_site.container(service).attrs["Mounts"]
        assert not [one for one in mounts if one.get("Name") == f"{second_site.name}-tls"], service


def test_without_the_settings_it_is_http_again(second_site: Any) -> None:
    plain = {key: value for key, value in second_site.environment.items() if "_TLS_" not in key}
    done = doorstart("site", "up", **plain)
    assert done.returncode == 0, done.stderr
    address = second_site.url.replace("https", "http")
    assert httpx.get(f"{address}/hub/login").status_code == httpx.codes.OK


def test_of_every_course_the_first_unit_is_released_and_no_other(second_site: Any) -> None:
    """On the site on which no other test releases one."""
    for folder in course_folders():
        released = in_volume(second_site, f"{folder.name}.en", "ls release").split()
        assert released == read_course(folder).units[:1]


def test_destroy_removes_this_site_and_nothing_of_another(site: Any, second_site: Any) -> None:
    def volumes(name: str) -> list[str]:
        return sorted(one.name for one in site.client.volumes.list() if one.name.startswith(f"{name}-"))

    # The other site's name is the beginning of this one's.
    assert second_site.name.startswith(f"{site.name}-")
    ours = [name for name in volumes(site.name) if not name.startswith(f"{second_site.name}-")]
    # What a command leaves that was killed while it read the registry of images.
    site.client.containers.create(
        site.container("hub").image.id,
        labels={names.LABEL_SITE: second_site.name},
        mounts=[Mount("/images", f"{second_site.name}-images", type="volume")],
    )
    done = doorstart("site", "destroy", stdin=f"{second_site.name}\n", **second_site.environment)
    assert done.returncode == 0, done.stderr
    assert volumes(second_site.name) == []
    assert volumes(site.name) == ours
    label = f"{names.LABEL_SITE}={second_site.name}"
    assert site.client.containers.list(ignore_removed=True, all=True, filters={"label": label}) == []
    assert site.container("hub").status == "running"
