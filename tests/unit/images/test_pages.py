"""What the pages about images do with what a form says. The pages themselves: ``tests/browser/test_images.py``."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
import pytest

from doorstart.images import acts, arrivals
from doorstart.images.pages import ActPage
from doorstart.images.registry import Known, Registry, RegistryError
from doorstart.language.templates import Translated

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
A, B, C, D = (f"sha256:{digit * 64}" for digit in "abcd")
TEMPLATES = Path(__file__).parents[3] / "hub" / "templates"


class Form:
    """What an admin sends from the page, and the registry that it meets."""

    log = logging.getLogger("test")

    def __init__(self, registry: Registry, **fields: str) -> None:
        self.registry = registry
        self.fields = fields

    def get_argument(self, name: str, default: str = "") -> str:
        return self.fields.get(name, default)

    async def _update(self, act: Callable[[Registry], Registry]) -> None:
        self.registry = act(self.registry)


def registry(*promoted: str) -> Registry:
    made = arrivals.learn(Registry(), [Known(name="learner", id=one) for one in (A, B, C, D)], who="ann", now=NOW)
    for one in promoted:
        made = acts.promote(made, one, who="ann", reason="x", now=NOW, checked="", two_persons=False)
    return made


def roll_back(form: Form) -> Registry:
    page: Any = form
    asyncio.run(ActPage._roll_back(page, "learner", "ann", "it is slow", NOW))
    return form.registry


def test_a_rollback_goes_to_the_image_that_the_page_showed() -> None:
    assert roll_back(Form(registry(A, B, C), promoted=C, image=B)).promoted("learner") == B


def test_of_two_who_press_the_button_the_second_is_refused() -> None:
    after = roll_back(Form(registry(A, B, C), promoted=C, image=B))
    with pytest.raises(RegistryError, match=r"Nothing was rolled back.*bbbbbbbbbbbb"):
        roll_back(Form(after, promoted=C, image=B))


def test_a_rollback_of_an_image_that_the_page_did_not_show_is_refused() -> None:
    after = acts.promote(
        acts.rollback(registry(A, B, C), "learner", who="bea", reason="x", now=NOW),
        D, who="bea", reason="x", now=NOW, checked="", two_persons=False,
    )  # fmt: skip
    assert after.previous("learner") == B, "as it was"
    with pytest.raises(RegistryError, match="Nothing was rolled back"):
        roll_back(Form(after, promoted=C, image=B))


def test_the_form_says_what_the_page_shows() -> None:
    loader = jinja2.ChoiceLoader([
        jinja2.DictLoader({"page.html": "{% block title %}{% endblock %}{% block main %}{% endblock %}"}),
        jinja2.FileSystemLoader(TEMPLATES),
    ])  # fmt: skip
    environment = jinja2.Environment(loader=loader, autoescape=True, extensions=[Translated])
    known = registry(A, B)
    html = environment.get_template("images-act.html").render(
        act="rollback", entry=known.images[A], promoted=B, short=str, language="en"
    )
    assert f'name="promoted" value="{B}"' in html and f'name="image" value="{A}"' in html
