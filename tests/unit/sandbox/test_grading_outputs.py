"""What a learner kernel says of a cell: what an honest cell can show costs nothing, what is no reply is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doorstart.sandbox.grading import outputs
from doorstart_examiner.kernel import shell


def reply(*shown: dict[str, Any], **changes: Any) -> bytes:
    """A learner kernel's reply to a cell."""
    whole = {"status": "ok", "outputs": list(shown), "execution_count": 1, "truncated": False, **changes}
    return json.dumps(whole).encode()


def display(data: Any, metadata: Any = None) -> dict[str, Any]:
    """What ``display()`` gives."""
    return {"output_type": "display_data", "data": data, "metadata": {} if metadata is None else metadata}


def stream(number: int) -> dict[str, Any]:
    """Text, in turn of both streams."""
    return {"output_type": "stream", "name": ("stdout", "stderr")[number % 2], "text": str(number)}


def nested(depth: int) -> Any:
    """Lists in lists."""
    return [nested(depth - 1)] if depth else 1


def test_a_kernel_keeps_as_many_outputs_as_are_taken() -> None:
    assert outputs.MAX_OUTPUTS == shell._MOST_OUTPUTS


@pytest.mark.parametrize("make", [stream, lambda number: display({"text/plain": str(number)})])
def test_a_cell_with_many_outputs_is_only_cut(make: Any) -> None:
    all_of_them = outputs.read(reply(*map(make, range(outputs.MAX_OUTPUTS))))
    assert len(all_of_them.outputs) == outputs.MAX_OUTPUTS and not all_of_them.truncated
    cut = outputs.read(reply(*map(make, range(outputs.MAX_OUTPUTS + 1))))
    assert cut.as_json() == all_of_them.as_json() and cut.truncated


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text/html; charset=utf-8", "<b>x</b>"),
        ("x y", "1"),
        ("html", "1"),
        ("text/html\n", "1"),
        (f"application/{'x' * 61}", "1"),
        ("text/html", None),
        ("text/html", 1),
        ("text/html", ["<b>", 1]),
        ("image/png", {"x": 1}),
        ("application/json", nested(200)),
    ],
)
@pytest.mark.parametrize("output_type", ["display_data", "execute_result"])
def test_what_a_notebook_does_not_take_is_left_out(output_type: str, kind: str, value: Any) -> None:
    shown = display({kind: value, "text/plain": "x"}) | {"output_type": output_type}
    only = display({kind: value}) | {"output_type": output_type}
    first, second = outputs.read(reply(shown, only)).as_json()
    assert first["data"] == {"text/plain": "x"} and second["data"] == {}


def test_texts_pictures_and_json_are_kept() -> None:
    data = {
        "text/plain": "x",
        "text/html": ["<b>", "x"],
        "image/svg+xml": "<svg/>",
        "application/vnd.plotly.v1+json": {"data": [{"x": [1, 2.5, None]}]},
    }
    assert outputs.read(reply(display(data))).as_json()[0]["data"] == data


@pytest.mark.parametrize("metadata", [[], "x", 1, {"image/png": {"width": 1}}])
def test_metadata_of_any_kind_is_dropped(metadata: Any) -> None:
    assert outputs.read(reply(display({"text/plain": "x"}, metadata))).as_json()[0]["metadata"] == {}


@pytest.mark.parametrize("more", ["", r"\ud800"])
def test_a_whole_number_that_is_too_long_is_none(more: str) -> None:
    # A learner may have told Python to write such numbers: sys.set_int_max_str_digits(0).
    whole = reply(display({"a/json": [7, "LONG"], "text/plain": "MORE"}))
    whole = whole.replace(b'"LONG"', b"9" * 5000).replace(b"MORE", more.encode())
    assert outputs.read(whole).as_json()[0]["data"]["a/json"] == [7, None]


@pytest.mark.parametrize(
    "payload",
    [
        b"{",
        b"[]",
        reply(status="passed"),
        reply(outputs={}),
        reply({"output_type": "html", "text": "x"}),
        reply({"output_type": "stream", "name": "stdout", "text": 1}),
        reply({"output_type": "stream", "name": "other", "text": "x"}),
        reply(display("x")),
        reply(execution_count=-1),
        reply(truncated="x"),
    ],
)
def test_what_our_kernel_never_sends_is_refused(payload: bytes) -> None:
    with pytest.raises(outputs.ReplyError):
        outputs.read(payload)
