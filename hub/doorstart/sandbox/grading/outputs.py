"""What a learner kernel says of a cell that it ran, checked: a kernel can send anything.

Only the form is checked here, so that the result can stand in a notebook. What a text or picture says, and whether a
page may show it, is for whoever writes the notebook.
"""

from __future__ import annotations

import json
import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

_MAX_OUTPUTS = 1000
_MAX_DEPTH = 50
_MIME = r"^[A-Za-z0-9!#$&^_.+-]{1,60}/[A-Za-z0-9!#$&^_.+-]{1,60}$"


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
    data: dict[Annotated[str, Field(pattern=_MIME)], Any]
    metadata: dict[str, Any] = {}

    @field_validator("metadata")
    @classmethod
    def _no_metadata(cls, _: dict[str, Any]) -> dict[str, Any]:
        return {}

    @field_validator("data")
    @classmethod
    def _texts_or_json(cls, data: dict[str, Any]) -> dict[str, Any]:
        for kind, value in data.items():
            is_text = isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
            if not is_text and not (kind.endswith("json") and _is_shallow(value, _MAX_DEPTH)):
                raise ValueError(f"{kind} is no text")
        return data


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
        Field(max_length=_MAX_OUTPUTS),
    ]
    execution_count: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    truncated: bool = False

    def as_json(self) -> list[dict[str, Any]]:
        """The outputs in nbformat's form."""
        return [output.model_dump() for output in self.outputs]


def loads(payload: bytes) -> Any:
    """Read JSON that is written again later, as text that has a UTF-8 form: without halves of surrogate pairs, and
    with None for numbers that JSON does not have.

    Raises:
        ValueError, RecursionError: it is no JSON.
    """
    if b"\\ud" in payload.lower():
        text = json.dumps(json.loads(payload), ensure_ascii=False).encode("utf-8", "replace")
    else:
        text = payload
    return json.loads(text, parse_constant=lambda _: None, parse_float=_finite)


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


def _is_shallow(value: Any, depth: int) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    return not isinstance(value, list) or (depth > 0 and all(_is_shallow(one, depth - 1) for one in value))
