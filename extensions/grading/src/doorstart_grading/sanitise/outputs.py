"""Outputs of code cells: text, tables and pictures; of anything else, a note that it is not shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from doorstart_grading.sanitise import notes
from doorstart_grading.sanitise.budget import Budget
from doorstart_grading.sanitise.markup import LARGEST, clean_html, visible
from doorstart_grading.sanitise.pictures import PICTURES, clean_image
from doorstart_grading.sanitise.text import TEXT_LIMIT, clean_text, joined

OUTPUT_LIMIT: Final = 200
"""Outputs of one code cell, after the parts of a stream are put together."""


def clean_outputs(outputs: Iterable[Any], budget: Budget | None = None) -> list[dict[str, Any]]:
    """The outputs of a code cell as valid nbformat outputs of text, tables and pictures.

    Kept are streams, errors, and of results ``text/plain``, ``text/html`` (see ``clean_html``), ``image/png`` and
    ``image/jpeg``. ``text/latex`` and ``text/markdown`` become plain text. Anything else goes, and a note says so.

    Args:
        outputs: of any shape; what is no output is left out.
        budget: what is left for this notebook; a whole one if not given.
    """
    budget = Budget() if budget is None else budget
    cleaned: list[dict[str, Any]] = []
    whole = _join_streams(output for output in outputs if isinstance(output, Mapping) and _shows(output))
    for output in whole[:OUTPUT_LIMIT]:
        kind = output.get("output_type")
        if kind == "stream":
            cleaned.append(_stream(output, budget))
        elif kind == "error":
            cleaned.append(_error(output, budget))
        else:
            cleaned += _result(output, str(kind), budget)
    if len(whole) > OUTPUT_LIMIT:
        cleaned.append(_note(notes.OUTPUTS % {"n": f"{len(whole) - OUTPUT_LIMIT:,}"}))
    return cleaned


def count(value: object) -> int | None:
    """An execution count, if it is one."""
    return value if type(value) is int and 0 <= value < 1_000_000 else None


def _shows(output: Mapping[str, Any]) -> bool:
    kind, data = output.get("output_type"), output.get("data")
    if kind in ("execute_result", "display_data"):
        return isinstance(data, Mapping) and bool(data)
    return kind in ("error", "stream")


def _join_streams(outputs: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    whole: list[Mapping[str, Any]] = []
    texts: list[str] = []

    def close() -> None:
        if texts:
            whole.append({"output_type": "stream", "name": name, "text": "".join(texts)})
            texts.clear()

    name = "stdout"
    for output in outputs:
        if output.get("output_type") != "stream":
            close()
            whole.append(output)
            continue
        this = "stderr" if output.get("name") == "stderr" else "stdout"
        if this != name:
            close()
        name = this
        texts.append(joined(output.get("text") or ""))
    close()
    return whole


def _note(text: str) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {"text/plain": text}, "metadata": {}}


def _text(text: object, budget: Budget, *, limit: int = TEXT_LIMIT) -> str:
    plain = clean_text(text, colours=True, limit=limit)
    return plain if budget.take("characters", len(plain)) else notes.TOO_MUCH


def _stream(output: Mapping[str, Any], budget: Budget) -> dict[str, Any]:
    return {"output_type": "stream", "name": output["name"], "text": _text(output["text"], budget)}


def _error(output: Mapping[str, Any], budget: Budget) -> dict[str, Any]:
    lines = output.get("traceback")
    frames = [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
    return {
        "output_type": "error",
        "ename": clean_text(output.get("ename", ""), limit=200),
        "evalue": clean_text(output.get("evalue", ""), limit=2_000),
        "traceback": _text("\n".join(frames), budget).split("\n") if frames else [],
    }


def _result(output: Mapping[str, Any], kind: str, budget: Budget) -> list[dict[str, Any]]:
    bundle, dropped = _bundle(output["data"], budget)
    cleaned: list[dict[str, Any]] = []
    if bundle:
        result: dict[str, Any] = {
            "output_type": kind,
            "data": bundle,
            "metadata": _sizes(output.get("metadata"), bundle),
        }
        if kind == "execute_result":
            result["execution_count"] = count(output.get("execution_count"))
        cleaned.append(result)
    if dropped and not ({"text/html", *PICTURES} & bundle.keys()):
        cleaned.append(_note(notes.DROPPED % {"what": ", ".join(sorted(dropped))}))
    return cleaned


def _bundle(data: Mapping[Any, Any], budget: Budget) -> tuple[dict[str, str], set[str]]:
    """The representations of one result that stay, and words for those that do not."""
    bundle: dict[str, str] = {}
    dropped: set[str] = set()
    for kind, value in data.items():
        if kind in PICTURES:
            content = clean_image(value, kind)
            if content and budget.take("image_bytes", len(content)):
                bundle[kind] = content
            else:
                dropped.add(notes.DAMAGED_PICTURE)
        elif kind == "text/html":
            typed = joined(value)
            fits = budget.take("tags", typed.count("<")) and budget.take("characters", len(typed))
            markup = clean_html(typed) if fits else ""
            if visible(markup):
                bundle[kind] = markup
            elif "text/plain" not in data:
                dropped.add(notes.NO_TEXT)
        elif kind not in ("text/plain", "text/latex", "text/markdown"):
            dropped.add(notes.KINDS.get(kind, notes.OTHER) if isinstance(kind, str) else notes.OTHER)
    if not ({"text/html", *PICTURES} & bundle.keys()) or "text/plain" in data:
        plain = _plain(data)
        if plain is not None:
            bundle["text/plain"] = _text(plain, budget)
    return bundle, dropped


def _plain(data: Mapping[Any, Any]) -> object | None:
    typed = next((data[kind] for kind in ("text/markdown", "text/latex") if kind in data), None)
    plain = data.get("text/plain")
    stands_for_typed = isinstance(plain, str) and plain.startswith("<IPython.core.display.")
    return typed if typed is not None and (plain is None or stands_for_typed) else plain


def _sizes(metadata: object, bundle: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """How large pictures are to be shown, in pixels."""
    sizes: dict[str, dict[str, int]] = {}
    for kind in set(PICTURES) & bundle.keys():
        wanted = metadata.get(kind) if isinstance(metadata, Mapping) else None
        if isinstance(wanted, Mapping):
            size = {side: wanted.get(side) for side in ("width", "height")}
            sizes[kind] = {
                side: value for side, value in size.items() if type(value) is int and 0 < value <= LARGEST["width"]
            }
    return sizes
