"""How a check is started, and what is done about one that never was; the engine is pretended here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from docker.errors import APIError, NotFound

from doorstart.check import inspector
from doorstart.check.order import Order
from doorstart.images.registry import RegistryError

ORDER = Order(image=f"sha256:{'1' * 64}", who="ann", reason="December update")


class Container:
    """One of the engine's."""

    def __init__(self, engine: Engine, name: str, status: str, age: float = 0) -> None:
        self.engine, self.name, self.status = engine, name, status
        made = datetime.now(UTC) - timedelta(seconds=age)
        self.attrs: dict[str, Any] = {
            "Image": "hub", "Config": {"Env": []}, "Created": f"{made:%Y-%m-%dT%H:%M:%S}.123456789Z"
        }  # fmt: skip

    def start(self) -> None:
        if self.engine.failure:
            raise self.engine.failure
        self.status = "running"

    def remove(self, *, force: bool = False) -> None:
        assert force or self.status != "running"
        del self.engine.there[self.name]


class Engine:
    """Has a site's Hub, and whatever else is put there."""

    def __init__(self) -> None:
        self.there = {"site-hub": Container(self, "site-hub", "running")}
        self.failure: BaseException | None = None

    @property
    def containers(self) -> Engine:
        return self

    def get(self, name: str) -> Container:
        if name not in self.there:
            raise NotFound(name)
        return self.there[name]

    def create(self, *_: Any, name: str, **__: Any) -> Container:
        if name in self.there:
            raise _refusal(409, "in use")
        self.there[name] = Container(self, name, "created")
        return self.there[name]


def _refusal(status: int, text: str) -> APIError:
    response: Any = type("Response", (), {"status_code": status})()
    return APIError(text, response, text)


def start(engine: Any) -> Any:
    return inspector.start(engine, "site", ORDER)


def test_one_image_is_checked_at_a_time_also_while_the_first_check_is_just_being_started() -> None:
    for status, age in (("running", 600), ("created", 2)):
        engine = Engine()
        engine.there["site-inspector"] = Container(engine, "site-inspector", status, age)
        with pytest.raises(RegistryError, match="Another image is being checked"):
            start(engine)
        assert engine.there["site-inspector"].status == status


def test_a_check_that_was_made_and_never_started_does_not_stand_in_the_way() -> None:
    engine = Engine()
    engine.there["site-inspector"] = Container(engine, "site-inspector", "created", 70)
    assert start(engine).status == "running"


@pytest.mark.parametrize(
    ("failure", "told"),
    [(_refusal(500, "no such mount"), RegistryError), (KeyboardInterrupt(), KeyboardInterrupt)],
)
def test_a_check_that_cannot_be_started_leaves_nothing(failure: BaseException, told: type[BaseException]) -> None:
    engine = Engine()
    engine.failure = failure
    with pytest.raises(told):
        start(engine)
    assert "site-inspector" not in engine.there
    engine.failure = None
    assert start(engine).status == "running"
