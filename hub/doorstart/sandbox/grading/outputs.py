"""What a learner kernel says of a cell that it ran, checked: a kernel can send anything.

Only the form is checked here, so that the result can stand in a notebook. What a text or picture says, and whether a
page may show it, is for whoever writes the notebook.

Two things are told apart. What an honest cell can show, such as a value that is no text or more outputs than are kept,
is left out. What our kernel never sends by itself is refused, and costs the cell and its kernel.
"""

from __future__ import annotations

import json
import math
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

MAX_OUTPUTS = 2000
"""Of one cell. As many as a learner kernel keeps, ``_MOST_OUTPUTS`` in :mod:`doorstart_examiner.kernel.shell`."""
_MAX_DEPTH = 50
_MAX_DIGITS = 4300
"""Of a whole number: as many as Python reads and writes if nobody has changed that."""
_MIME = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,60}/[A-Za-z0-9!#$&^_.+-]{1,60}")


class ReplyError(ValueError):
    """A reply that no learner kernel of ours sends by itself."""


class _Output(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class _Stream(_Output):
    output_type: Literal["stream"]
    name: Literal["stdout", "stderr"]
    text: str


class _Display(_Output):
    output_type: Literal["display_data"]
    data: dict[str, Any]
    metadata: dict[str, Any] = {}

    @field_validator("metadata", mode="before")
    @classmethod
    def _no_metadata(cls, _: Any) -> dict[str, Any]:
        return {}

    @field_validator("data")
    @classmethod
    def _texts_or_json(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Without what a notebook does not take. Libraries give such values, and the others may be good."""
        return {kind: value for kind, value in data.items() if _MIME.fullmatch(kind) and _fits(kind, value)}


class _Result(_Display):
    output_type: Literal["execute_result"]  # type: ignore[assignment]
    execution_count: int | None = None


class _Error(_Output):
    output_type: Literal["error"]
    ename: str
    evalue: str
    traceback: list[str]


class Reply(_Output):
    """The outcome of a learner cell."""

    status: Literal["ok", "error"]
    outputs: Annotated[
        list[Annotated[_Stream | _Display | _Result | _Error, Field(discriminator="output_type")]],
        Field(max_length=MAX_OUTPUTS),
    ]
    execution_count: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    truncated: bool = False

    @model_validator(mode="before")
    @classmethod
    def _first_outputs(cls, reply: Any) -> Any:
        """With as many outputs as are kept. A cell that was interrupted in an odd moment has sent all that it had."""
        outputs = reply.get("outputs") if isinstance(reply, dict) else None
        if isinstance(outputs, list) and len(outputs) > MAX_OUTPUTS:
            return {**reply, "outputs": outputs[:MAX_OUTPUTS], "truncated": True}
        return reply

    def as_json(self) -> list[dict[str, Any]]:
        """The outputs in nbformat's form."""
        return [output.model_dump() for output in self.outputs]


def loads(payload: bytes) -> Any:
    """Read JSON that is written again later, as text that has a UTF-8 form: without halves of surrogate pairs, and
    with None for numbers that JSON does not have, and for whole ones of more digits than Python reads.

    Raises:
        ValueError, RecursionError: it is no JSON.
    """
    if b"\\ud" in payload.lower():
        read = json.loads(payload, parse_int=_whole)
        text = json.dumps(read, ensure_ascii=False).encode("utf-8", "replace")
    else:
        text = payload
    return json.loads(text, parse_constant=lambda _: None, parse_float=_finite, parse_int=_whole)


def read(payload: bytes) -> Reply:
    """Read a reply.

    Raises:
        ReplyError: it is not one.
    """
    try:
        return Reply.model_validate(loads(payload))
    except (ValidationError, ValueError, RecursionError) as error:
        raise ReplyError("the learner kernel's reply is not in the form that was agreed") from error


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _whole(text: str) -> int | None:
    return int(text) if len(text) <= _MAX_DIGITS else None


def _fits(kind: str, value: Any) -> bool:
    if isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        return True
    return kind.endswith("json") and _is_shallow(value, _MAX_DEPTH)


def _is_shallow(value: Any, depth: int) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    return not isinstance(value, list) or (depth > 0 and all(_is_shallow(one, depth - 1) for one in value))
