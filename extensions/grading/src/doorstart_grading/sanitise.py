"""What a learner's notebook shows, made harmless before anybody's browser sees it: text, markup, pictures, outputs.

What comes out holds no script, no address, nothing that loads, and no name (``id``, ``class``, attribute of an event)
that a page or its scripts could react to. It is still bounded: a submission cannot make a page too large to open.

This is not where code is confined (the sandbox does that), and not where it is decided what a learner may see of a
check (``feedback`` does that).
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

import mistune
import nh3
import tinycss2
from mistune.plugins import import_plugin

TEXT_LIMIT: Final = 100_000
"""Characters of one text: a stream, a traceback, a value."""
LINE_LIMIT: Final = 2_000
"""Lines of one text."""
COLOUR_LIMIT: Final = 2_000
"""Changes of colour in one text; nbconvert's converter takes quadratic time in them."""
HTML_LIMIT: Final = 500_000
"""Characters of one ``text/html``."""
TAG_LIMIT: Final = 12_000
"""Tags of one ``text/html``. A table of 60 rows and 20 columns has about 5,400."""
DEPTH_LIMIT: Final = 100
"""Elements inside each other."""
STYLE_LIMIT: Final = 1_000
"""Characters of the ``style`` of one element."""
MARKDOWN_LIMIT: Final = 50_000
"""Characters of one Markdown text; some patterns take the parser quadratic time."""
IMAGE_LIMIT: Final = 5_000_000
"""Bytes of one picture."""
SIDE_LIMIT: Final = 10_000
"""Pixels of a picture's longer side."""
PIXEL_LIMIT: Final = 40_000_000
"""Pixels of one picture: a browser needs four bytes for each, however small the file is."""
OUTPUT_LIMIT: Final = 200
"""Outputs of one code cell, after the parts of a stream are put together."""

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
PICTURES: Final = ("image/png", "image/jpeg")
IN_MARKDOWN: Final = ("image/png", "image/jpeg", "image/gif")

_SURROGATE = re.compile("[\ud800-\udfff]")
_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_ESCAPE = re.compile(
    r"\x1b\[[0-9;]*m"  # SGR: a colour
    r"|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # OSC: a title, a link, the clipboard
    r"|\x1b[PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # DCS, SOS, PM, APC
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI: the cursor, the screen
    r"|\x1b[ -/]*[0-~]?"
)
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"  # C0, C1, bidi embeddings and isolates
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TAGS: Final = _words(
    """abbr b blockquote br caption code col colgroup dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li mark
    ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var"""
)
_WITH_CONTENT: Final = _words(
    """applet audio canvas embed frameset head iframe math noembed noframes noscript object script select style svg
    template textarea title video xmp"""
)
_LARGEST: Final = {"colspan": 1_000, "rowspan": 1_000, "span": 1_000, "start": 10**6, "width": 4_000, "height": 4_000}
_SCOPES: Final = frozenset({"col", "row", "colgroup", "rowgroup"})
_STYLED: Final = ("caption", "div", "p", "span", "table", "td", "th", "tr")
_ATTRIBUTES: Final = {
    "col": {"span"},
    "colgroup": {"span"},
    "ol": {"start"},
    **{tag: {"style"} for tag in _STYLED},
    "table": {"style", "border", "id"},
    "td": {"style", "colspan", "rowspan", "id"},
    "th": {"style", "colspan", "rowspan", "scope", "id"},
}
_PROPERTIES: Final = _words(
    """background background-color color font-style font-weight height text-align text-decoration vertical-align
    white-space width"""
)
_FUNCTIONS: Final = frozenset({"rgb", "rgba", "hsl", "hsla", "linear-gradient"})
_UNITS: Final = {"px": 2_000, "em": 100, "rem": 100, "ex": 100, "ch": 100, "deg": 360}
_STYLED_NAME = re.compile(r"T_[A-Za-z0-9_]{1,60}\Z")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{3,8}\Z")
_STYLE = re.compile(r"[-a-zA-Z0-9#.,%(): ;]*\Z")
_NAME = re.compile(r"[a-zA-Z][-a-zA-Z]{0,30}\Z")
_STYLE_SHEET = re.compile(r"<style\b[^<>]*>([^<]*)</style", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:\s[^<>]*)?)>")
_ID = re.compile(r'\sid="([^"]*)"')
_REPLACED = re.compile(r'\s(?:id|style)="[^"]*"')
_DATA_ADDRESS = re.compile(r"data:(image/(?:png|jpeg|gif));base64,([A-Za-z0-9+/=]+)", re.IGNORECASE)

_KINDS: Final = {
    "application/javascript": "JavaScript",
    "text/javascript": "JavaScript",
    "application/pdf": "a PDF file",
    "application/json": "JSON",
    "image/svg+xml": "an SVG picture",
    "image/gif": "a GIF picture",
    "application/vnd.jupyter.widget-view+json": "a control to use with the mouse (widget)",
}


@dataclass
class Budget:
    """What is left for all that one notebook shows: none of it may take a browser, or the grading, too long."""

    characters: int = 2_000_000
    """Of texts and markup."""
    tags: int = 60_000
    image_bytes: int = 20_000_000
    markdown: int = 500_000
    """Characters to be read as Markdown."""
    code: int = 1_000_000
    """Characters of code to be coloured."""

    def take(self, what: str, amount: int) -> bool:
        """Take ``amount`` of ``what``; False and nothing taken if there is less."""
        left = getattr(self, what)
        if amount > left:
            return False
        setattr(self, what, left - amount)
        return True


def clean_text(text: object, *, colours: bool = False, limit: int = TEXT_LIMIT) -> str:
    """Plain text that can be encoded, and shows nothing but itself.

    Terminal sequences are removed; with ``colours``, those that set a colour or weight stay, in the form that
    nbconvert's ``ansi2html`` understands. Control characters and those that turn the direction of writing
    (U+202A..U+202E, U+2066..U+2069) become U+FFFD. What was written over (a progress bar's carriage return) is gone.

    Args:
        text: a text; a list, as nbformat has for several lines, is put together; anything else becomes its ``str``.
        colours: whether colours stay.
        limit: characters at most; what is in the middle goes, and a note stands there.
    """
    plain = _shorten(encodable(text).replace("\r\n", "\n"), limit)
    keep = colours and len(_SGR.findall(plain)) <= COLOUR_LIMIT
    plain = _ESCAPE.sub(lambda found: _colour(found[0]) if keep else "", plain)
    if "\r" in plain or "\x08" in plain:
        plain = "\n".join(_last_written(line) for line in plain.split("\n"))
    return _CONTROL.sub(lambda found: found[0] if found[0] == "\x1b" and keep else REPLACEMENT, plain)


def joined(text: object) -> str:
    """One text of what nbformat may have: a text or a list of its lines. Anything else becomes its ``str``."""
    if isinstance(text, list | tuple):
        return "".join(part for part in text if isinstance(part, str))
    return text if isinstance(text, str) else str(text)


def encodable(text: object) -> str:
    """``joined``, without the halves of characters that JSON can name and UTF-8 cannot write."""
    return _SURROGATE.sub(REPLACEMENT, joined(text))


def _shorten(text: str, limit: int) -> str:
    lines = text.split("\n")
    if len(lines) > LINE_LIMIT:
        start, end = LINE_LIMIT * 3 // 4, LINE_LIMIT // 5
        left_out = f"(… {len(lines) - start - end:,} lines are left out here …)"
        text = "\n".join([*lines[:start], left_out, *lines[-end:]])
    if len(text) > limit:
        start, end = limit * 3 // 4, limit // 5
        left_out = f"\n(… {len(text) - start - end:,} characters are left out here …)\n"
        text = (text[:start] + left_out + text[-end:]) if limit > 1_000 else text[: limit - 1] + "…"
    return text


def _colour(sequence: str) -> str:
    """An SGR sequence without what nbconvert's converter fails on; nothing for any other sequence."""
    found = _SGR.fullmatch(sequence)
    if found is None:
        return ""
    codes = [int(code[-4:] or 0) for code in found[1].split(";")]
    kept: list[int] = []
    while codes:
        code = codes.pop(0)
        if code not in (38, 48):
            kept.append(code)
            continue
        length = {5: 2, 2: 4}.get(codes[0] if codes else -1)
        if length is None or len(codes) < length or max(codes[:length]) > 255:
            return ""
        kept += [code, *codes[:length]]
        del codes[:length]
    return f"\x1b[{';'.join(map(str, kept))}m"


def _last_written(line: str) -> str:
    return next((part for part in reversed(line.split("\r")) if part), "").replace("\x08", "")


def clean_image(data: object, kind: str) -> str | None:
    """A picture as base64 without line breaks; None if it is not what ``kind`` says, or too large.

    Args:
        data: base64, as text or as nbformat's list of lines.
        kind: ``image/png``, ``image/jpeg`` or ``image/gif``.
    """
    text = joined(data)
    if len(text) > IMAGE_LIMIT * 3 // 2:
        return None
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    size = {"image/png": _png_size, "image/jpeg": _jpeg_size, "image/gif": _gif_size}[kind](content)
    if size is None or len(content) > IMAGE_LIMIT:
        return None
    width, height = size
    if not (0 < width <= SIDE_LIMIT and 0 < height <= SIDE_LIMIT and width * height <= PIXEL_LIMIT):
        return None
    return base64.b64encode(content).decode()


def _png_size(content: bytes) -> tuple[int, int] | None:
    """Width and height (PNG, third edition, 11.2.1: the first chunk is IHDR, of 13 bytes)."""
    if len(content) < 33 or content[:16] != b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR":
        return None
    return struct.unpack(">II", content[16:24])


def _gif_size(content: bytes) -> tuple[int, int] | None:
    if len(content) < 13 or content[:6] not in (b"GIF87a", b"GIF89a"):
        return None
    return struct.unpack("<HH", content[6:10])


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Width and height, from the first start-of-frame segment (ITU-T T.81, B.2.2)."""
    if content[:3] != b"\xff\xd8\xff":
        return None
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        place += 2 + int.from_bytes(content[place + 2 : place + 4])
    return None


def clean_html(markup: str) -> str:
    """Markup of an output: text and tables, as pandas and its Styler write them; nothing else of it is left.

    The colours that a Styler puts in a style sheet become attributes of the table's fields. Attributes that stay are
    the ones that shape a table, and a ``style`` of colours, weights and alignment. Empty if it is too large or too
    deeply nested to be shown.
    """
    if len(markup) > HTML_LIMIT or markup.count("<") > TAG_LIMIT:
        return ""
    return _clean(markup, _style_sheet(markup))


def visible(markup: str) -> bool:
    """Whether cleaned markup shows anything."""
    return bool(html.unescape(_TAG.sub("", markup)).strip()) or "<img " in markup or "<hr" in markup


def _clean(markup: str, styles: Mapping[str, str], picture: Callable[[str], str | None] | None = None) -> str:
    """The one place where markup is cleaned.

    Args:
        markup: of a learner.
        styles: the ``style`` that takes the place of an ``id``.
        picture: gives the ``data:`` address of a picture for the one that is asked for; without it, no picture stays.
    """

    def attribute(_: str, name: str, value: str) -> str | None:
        if name == "id":
            return value if value in styles else None
        if name == "style":
            return clean_style(value) or None
        if name == "border":
            return "1" if value == "1" else None
        if name == "scope":
            return value if value in _SCOPES else None
        if name == "alt":
            return re.sub(r'[<>&"]', "", value)[:1_000]
        if name == "src":
            return picture(value) if picture else None
        if name in _LARGEST:
            return value if value.isascii() and value.isdecimal() and int(value[:8]) <= _LARGEST[name] else None
        return value if name == "class" else None

    attributes: dict[str, set[str]] = {tag: set(names) for tag, names in _ATTRIBUTES.items()}
    if picture:
        attributes["img"] = {"src", "alt", "width", "height"}
    cleaned = nh3.clean(
        _SURROGATE.sub(REPLACEMENT, markup),
        tags={*_TAGS, "img"} if picture else set(_TAGS),
        clean_content_tags=set(_WITH_CONTENT),
        attributes=attributes,
        attribute_filter=attribute,
        allowed_classes={"table": {"dataframe"}},
        url_schemes={"data", "attachment"} if picture else set(),
        url_relative="deny",
        link_rel=None,
    )
    depth = 0

    def tag(found: re.Match[str]) -> str:
        nonlocal depth
        if found[2] not in ("br", "col", "hr", "img"):
            depth += -1 if found[1] else 1
        if depth > DEPTH_LIMIT:
            raise _TooDeepError
        if found[2] == "img" and ' src="' not in found[3]:
            return "(a picture is not shown here)"
        name = _ID.search(found[3])
        return found[0] if name is None else f'<{found[2]}{_REPLACED.sub("", found[3])} style="{styles[name[1]]}">'

    try:
        return _CONTROL.sub(REPLACEMENT, _TAG.sub(tag, cleaned))
    except _TooDeepError:
        return ""


class _TooDeepError(Exception):
    """Elements inside each other, more than ``DEPTH_LIMIT``."""


def _style_sheet(markup: str) -> dict[str, str]:
    """What the style sheets of a pandas Styler say of single fields: ``#T_1f2e3_row0_col1 {color: red}``."""
    styles: dict[str, str] = {}
    for sheet in _STYLE_SHEET.findall(markup):
        for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
            style = _style(rule.content) if rule.type == "qualified-rule" else ""
            if style and all(part.type in ("hash", "whitespace") or part == "," for part in rule.prelude):
                for name in (part.value for part in rule.prelude if part.type == "hash"):
                    both = f"{styles[name]}; {style}" if name in styles else style
                    if _STYLED_NAME.match(name) and len(both) <= STYLE_LIMIT:
                        styles[name] = both
    return styles


def clean_style(style: str) -> str:
    """The declarations of a ``style`` that set a colour, a weight, an alignment or a small size, and nothing else."""
    return _style(style) if len(style) <= STYLE_LIMIT else ""


def _style(declarations: Any) -> str:
    kept = []
    for declaration in tinycss2.parse_declaration_list(declarations, skip_comments=True, skip_whitespace=True):
        if declaration.type != "declaration" or declaration.lower_name not in _PROPERTIES:
            continue
        if all(_harmless(part) for part in declaration.value):
            kept.append(f"{declaration.lower_name}: {tinycss2.serialize(declaration.value).strip()}")
    cleaned = " ".join("; ".join(kept).split())
    return cleaned if _STYLE.match(cleaned) and len(cleaned) <= STYLE_LIMIT else ""


def _harmless(part: Any, functions: int = 2) -> bool:
    """Whether a part of a value can neither load nor place anything; ``functions`` may be inside each other."""
    if part.type in ("whitespace", "number", "percentage"):
        return True
    if part.type == "ident":
        return _NAME.match(part.value) is not None
    if part.type == "hash":
        return _HEXADECIMAL.match(part.value) is not None
    if part.type == "dimension":
        return bool(abs(part.value) <= _UNITS.get(part.lower_unit, -1))
    if part.type == "function":
        arguments = part.arguments if functions and part.lower_name in _FUNCTIONS else [part]
        return all(one is not part and _harmless(one, functions - 1) for one in arguments)
    return bool(part == ",")


def _data_address(address: str) -> str | None:
    found = _DATA_ADDRESS.fullmatch(address)
    if found is None:
        return None
    kind = found[1].lower()
    content = clean_image(found[2], kind)
    return content and f"data:{kind};base64,{content}"


class _Renderer(mistune.HTMLRenderer):
    """Markdown as markup that is still to be cleaned, with nothing in it that needs a style or a script of the page."""

    def __init__(self) -> None:
        super().__init__(escape=False)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """The words of a link: where it leads is not shown."""
        return text

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture, to be looked up when the markup is cleaned."""
        return f'<img src="{html.escape(unquote(url))}" alt="{self.escape_attribute(text)}">'

    def block_code(self, code: str, info: str | None = None) -> str:
        """Code in a text, uncoloured."""
        return f"<pre><code>{html.escape(code)}</code></pre>\n"


def _markdown(text: str) -> str:
    renderer = _Renderer()
    markdown = mistune.Markdown(renderer)
    for name in ("table", "strikethrough", "def_list", "math"):
        import_plugin(name)(markdown)
    renderer.register("inline_math", lambda _, formula: f"${html.escape(formula)}$")
    renderer.register("block_math", lambda _, formula: f"<p>$${html.escape(formula)}$$</p>\n")
    return str(markdown(text))


def clean_markdown(source: str, attachments: object = None) -> str:
    """Markdown as markup without script, links, and pictures from elsewhere.

    Pictures stay if they are attached to the text or in it (``data:``), and are PNG, JPEG or GIF. Formulas stay as
    they were typed. What cannot be read as Markdown is shown as it was typed.

    Args:
        source: the text of the cell.
        attachments: the cell's, as nbformat has them; anything else counts as none.
    """
    pictures = _attached(attachments)

    def set_aside(found: re.Match[str]) -> str:
        address = f"attachment:{len(pictures)}/in-the-text"
        pictures[address] = _data_address(found[0])
        return address

    text = _DATA_ADDRESS.sub(set_aside, source) if len(source) <= 4 * IMAGE_LIMIT else source
    text = clean_text(text)
    if len(text) <= MARKDOWN_LIMIT and text.count("<") <= TAG_LIMIT:
        try:
            cleaned = _clean(_markdown(text), {}, pictures.get)
        except RecursionError:
            cleaned = ""
        if cleaned or not text.strip():
            return cleaned
    return f"<pre>{html.escape(text)}</pre>"


def clean_attachments(attachments: object, budget: Budget | None = None) -> dict[str, dict[str, str]]:
    """The attachments of a text cell that are pictures, as nbformat has them."""
    budget = Budget() if budget is None else budget
    cleaned: dict[str, dict[str, str]] = {}
    for name, attachment in attachments.items() if isinstance(attachments, Mapping) else ():
        for kind in IN_MARKDOWN if isinstance(attachment, Mapping) else ():
            content = clean_image(attachment.get(kind), kind)
            if content and budget.take("image_bytes", len(content)):
                cleaned.setdefault(encodable(name), {})[kind] = content
    return cleaned


def _attached(attachments: object) -> dict[str, str | None]:
    """The addresses by which a text asks for its attachments, and the pictures themselves."""
    return {
        f"attachment:{name}": f"data:{kind};base64,{content}"
        for name, attachment in clean_attachments(attachments).items()
        for kind, content in attachment.items()
    }


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
        cleaned.append(_note(f"{len(whole) - OUTPUT_LIMIT:,} more outputs are not shown here"))
    return cleaned


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
    return {"output_type": "display_data", "data": {"text/plain": f"({text})"}, "metadata": {}}


def _text(text: object, budget: Budget, *, limit: int = TEXT_LIMIT) -> str:
    plain = clean_text(text, colours=True, limit=limit)
    return plain if budget.take("characters", len(plain)) else "(this notebook shows too much: not shown here)"


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
        cleaned.append(_note(f"not shown here: {', '.join(sorted(dropped))}"))
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
                dropped.add("a picture that is damaged or too large")
        elif kind == "text/html":
            typed = joined(value)
            fits = budget.take("tags", typed.count("<")) and budget.take("characters", len(typed))
            markup = clean_html(typed) if fits else ""
            if visible(markup):
                bundle[kind] = markup
            elif "text/plain" not in data:
                dropped.add("markup without text, or too much of it")
        elif kind not in ("text/plain", "text/latex", "text/markdown"):
            dropped.add(
                _KINDS.get(kind, "another kind of output") if isinstance(kind, str) else "another kind of output"
            )
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
                side: value for side, value in size.items() if type(value) is int and 0 < value <= _LARGEST["width"]
            }
    return sizes


def count(value: object) -> int | None:
    """An execution count, if it is one."""
    return value if type(value) is int and 0 <= value < 1_000_000 else None
