"""What is left of text, markup, pictures and outputs. That nothing of it runs in a browser: ``test_feedback``."""

from __future__ import annotations

import base64
import io
import json
import time

import nbformat
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters import ansi2html
from PIL import Image

from doorstart_grading import sanitise
from doorstart_grading.sanitise import Budget, clean_html, clean_image, clean_markdown, clean_outputs, clean_text


def picture(kind: str = "png", size: tuple[int, int] = (3, 2)) -> str:
    """A real picture, as base64."""
    content = io.BytesIO()
    Image.new("RGB", size, "red").save(content, kind)
    return base64.b64encode(content.getvalue()).decode()


def result(**data: object) -> dict[str, object]:
    """An output with these representations; ``_`` stands for ``/`` in their kinds."""
    kinds = {kind.replace("_", "/", 1): value for kind, value in data.items()}
    return {"output_type": "display_data", "data": kinds, "metadata": {}}


def shown(output: dict[str, object]) -> list[dict[str, str]]:
    return [one["data"] for one in clean_outputs([output])]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Grüße, Käse, ça va, één 🧀\n\tzwei", "Grüße, Käse, ça va, één 🧀\n\tzwei"),
        ("\x1b]0;a title\x07after", "after"),
        ("\x1b]8;;http://evil.test\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;cm0gLXJm\x07clipboard", "clipboard"),
        ("\x1b[2J\x1b[1;1Hcursor\x1b[?25l", "cursor"),
        ("\x9b31mone byte", "one byte"),
        ("\x1bP1$r\x1b\\device", "device"),
        ("\x1b", ""),
        ("a\x00b\x07c\x7fd\x85e", "a\ufffdb\ufffdc\ufffdd\ufffde"),
        ("total = \u202e001\u202c \u2066x\u2069", "total = \ufffd001\ufffd \ufffdx\ufffd"),
        ("\ud800half", "\ufffdhalf"),
        (" 10 %\r 50 %\r100 %\n", "100 %\n"),
        ("one\r\ntwo", "one\ntwo"),
        (["a", "b", 3], "ab"),
        (None, "None"),
    ],
)
def test_text_is_what_it_looks_like(typed: object, kept: str) -> None:
    assert clean_text(typed) == kept


def test_colours_stay_only_where_they_are_wanted() -> None:
    red = "\x1b[1;31mred\x1b[0m \x1b[38;5;28mgreen\x1b[39m \x1b[48;2;1;2;3mdark\x1b[m"
    assert clean_text(red) == "red green dark"
    assert clean_text(red, colours=True) == red.replace("\x1b[m", "\x1b[0m")
    assert "ansi-red-intense-fg" in ansi2html(clean_text(red, colours=True))


@pytest.mark.parametrize(
    "codes", ["38", "38;5", "38;2;1;2", "48;2;1;2;999", "38;5;256", "38;7;1", "9" * 5000, "38;5;;"]
)
def test_colours_that_nbconvert_fails_on_do_not_reach_it(codes: str) -> None:
    assert ansi2html(clean_text(f"\x1b[{codes}mtext", colours=True)).endswith(("text", "text</span>"))


def test_nbconvert_still_fails_on_a_colour_without_a_number() -> None:
    with pytest.raises(IndexError):
        ansi2html("\x1b[38mtext")


@given(
    st.text(st.sampled_from(["\x1b", "[", "]", "P", "m", ";", "3", "8", "5", "\x07", "\\", "\n", "a", "\r", "\x9b"]))
)
@settings(max_examples=300, deadline=None)
def test_no_sequence_of_escapes_gets_through(typed: str) -> None:
    plain = clean_text(typed)
    assert not set(plain) & {"\x1b", "\x9b", "\x07", "\r"}
    coloured = clean_text(typed, colours=True)
    ansi2html(coloured)
    assert clean_text(coloured, colours=True) == coloured


def test_long_text_keeps_its_start_and_its_end() -> None:
    long = clean_text("start" + "x" * 10**6 + "end")
    assert long.startswith("start") and long.endswith("end") and len(long) <= sanitise.TEXT_LIMIT
    assert "characters are left out here" in long
    lines = clean_text("\n".join(map(str, range(100_000)))).split("\n")
    assert len(lines) <= sanitise.LINE_LIMIT and (lines[0], lines[-1]) == ("0", "99999")
    assert clean_text(long) == long


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif"])
def test_pictures_are_what_they_say(kind: str) -> None:
    whole = picture(kind)
    assert clean_image(whole, f"image/{kind}") == whole
    assert clean_image([whole[:20] + "\n", whole[20:]], f"image/{kind}") == whole
    for other in {"png", "jpeg", "gif"} - {kind}:
        assert clean_image(whole, f"image/{other}") is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg onload=alert(1)>",
        b"GIF89a/*\x00\x00*/=alert(1)",
        b"\x89PNG\r\n\x1a\n<script>",
        b"\xff\xd8\xff" + b"\xff" * 100,
        b"\xff\xd8\xff\xe0\x00\x00" * 10,
        b"%PDF-1.4",
    ],
)
def test_what_is_no_picture_is_not_shown(content: bytes) -> None:
    assert clean_image(base64.b64encode(content).decode(), "image/png") is None
    assert clean_image(base64.b64encode(content).decode(), "image/jpeg") is None


def test_pictures_are_bounded() -> None:
    png = bytearray(base64.b64decode(picture()))
    png[16:24] = (60_000).to_bytes(4) * 2
    assert clean_image(base64.b64encode(bytes(png)).decode(), "image/png") is None
    large = base64.b64decode(picture()) + b"\x00" * sanitise.IMAGE_LIMIT
    assert clean_image(base64.b64encode(large).decode(), "image/png") is None
    assert clean_image('x" onerror="alert(1)', "image/png") is None
    assert clean_image({"a": 1}, "image/png") is None


def test_a_table_of_pandas_stays_a_table() -> None:
    frame = pd.DataFrame({"Ware": ["Öl", "<b>Käse</b>"], "Preis": [1.5, 2.25]}, index=pd.Index([1, 2], name="Nr"))
    cleaned = clean_html(frame._repr_html_())
    assert '<table border="1" class="dataframe">' in cleaned
    assert cleaned.count("<td>") == 4 and cleaned.count("<th>") + cleaned.count("<th ") == 8
    assert "<td>Öl</td>" in cleaned and "&lt;b&gt;Käse&lt;/b&gt;" in cleaned and "2.25" in cleaned
    assert "style" not in cleaned.replace('style="text-align: right"', "")
    assert clean_html(cleaned) == cleaned


def test_merged_headings_keep_their_width() -> None:
    columns = pd.MultiIndex.from_product([["2024", "2025"], ["in", "out"]])
    frame = pd.DataFrame([[1, 2, 3, 4]], columns=columns)
    assert clean_html(frame._repr_html_()).count('colspan="2"') == 2


def test_the_colours_of_a_styler_move_to_the_fields() -> None:
    frame = pd.DataFrame({"Preis": [1.0, -2.0]})
    styler = frame.style.highlight_max(color="yellow").map(lambda value: "color: red" if value < 0 else "").bar()
    cleaned = clean_html(styler.set_caption("Preise").to_html())
    assert "background-color: yellow" in cleaned and "linear-gradient(90deg, " in cleaned
    assert 'color: red">-2.000000</td>' in cleaned.replace("; ", "; ") or "color: red" in cleaned
    assert "<caption>Preise</caption>" in cleaned and "<style" not in cleaned
    assert " id=" not in cleaned and "T_" not in cleaned and 'class="' not in cleaned


@pytest.mark.parametrize(
    "style",
    [
        "background: url(http://evil.test/x)",
        "background: URL(x)",
        "background: u\\72l(http://evil.test)",
        "background-image: url(x)",
        "background: image-set('x' 1x)",
        "background: linear-gradient(url(x), red)",
        "color: var(--x)",
        "color: expression(alert(1))",
        "behavior: url(x)",
        "-moz-binding: url(x)",
        "position: fixed",
        "width: 99999px",
        "width: 100vw",
        "width: calc(1px)",
        "display: none",
        "content: 'x'",
        "color: red' onmouseover='x",
        "background: rgb(" * 400,
        "@import url(x)",
    ],
)
def test_no_style_loads_or_places_anything(style: str) -> None:
    assert sanitise.clean_style(style) == ""
    # A second property that is fine does not bring the first one back.
    assert sanitise.clean_style(f"font-weight: bold; {style}") in ("font-weight: bold", "")
    sheet = f"<style>#T_a_row0 {{ {style} }}</style><table><tr><td id=T_a_row0>x</td></tr></table>"
    assert clean_html(sheet) == "<table><tbody><tr><td>x</td></tr></tbody></table>"


def test_attributes_stay_only_where_they_shape_a_table() -> None:
    cleaned = clean_html(
        '<table id="notebook" class="check dataframe" onclick="x" border="9"><tr data-toggle="tooltip" hidden>'
        '<td colspan="99999" rowspan="2" scope="x" title="t" name="n" lang="x">a</td></tr></table>'
        '<a href="http://evil.test" id="top">b</a><input value="c"><p class="failed" style="font-weight: bold">d</p>'
    )
    assert cleaned == (
        '<table class="dataframe"><tbody><tr><td rowspan="2">a</td></tr></tbody></table>'
        'b<p style="font-weight: bold">d</p>'
    )


@pytest.mark.parametrize(
    "unit", ["<div>", "<a><b>", "<b><p>", "<div><table></div></table>", "<table><td>", "<style>", "<!--"]
)
def test_large_and_deep_markup_takes_no_time(unit: str) -> None:
    started = time.monotonic()
    for length in (11_000, 200_000):
        cleaned = clean_html(unit * (length // max(1, unit.count("<"))))
        assert len(cleaned) < 2 * sanitise.HTML_LIMIT
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "unit", ["$", "[", "![](", "**a ", "_a", "<", "- a\n", "> ", "`a", "|a", "a\n:b\n", "<div>\n\n"]
)
def test_no_markdown_takes_long(unit: str) -> None:
    started = time.monotonic()
    clean_markdown(unit * (sanitise.MARKDOWN_LIMIT // len(unit) - 1))
    assert time.monotonic() - started < 5


def test_markdown_keeps_its_form() -> None:
    cleaned = clean_markdown(
        "# Größe\n\n- *eins*\n- **deux**\n\n|a|b|\n|-|-|\n|1|2|\n\n~~weg~~ `x<y` $a_1 < b_2$\n\n"
        "```python\nif a < b: pass\n```\n\n<details><summary>Tipp</summary>\n\nJa\n\n</details>\n"
    )
    for kept in ("<h1>Größe</h1>", "<li><em>eins</em></li>", "<strong>deux</strong>", "<td>1</td>", "<del>weg</del>"):
        assert kept in cleaned
    assert "<code>x&lt;y</code>" in cleaned and "$a_1 &lt; b_2$" in cleaned
    assert "if a &lt; b: pass" in cleaned and "<summary>Tipp</summary>" in cleaned


def test_markdown_has_the_words_of_links_and_no_addresses() -> None:
    cleaned = clean_markdown(
        "[words](http://evil.test/a) <http://evil.test/b> [more][1] [x](javascript:alert)\n\n[1]: //evil.test/c 't'"
    )
    assert "words" in cleaned and "more" in cleaned
    assert "href" not in cleaned and "<a" not in cleaned and "javascript" not in cleaned


def test_pictures_of_a_text_come_from_the_notebook() -> None:
    png, gif = picture(), picture("gif")
    attachments = {
        "my pic.png": {"image/png": png},
        "x.svg": {"image/svg+xml": "<svg/>"},
        "bad.png": {"image/png": gif},
        "n": 3,
    }
    cleaned = clean_markdown(
        f"![mine](<attachment:my pic.png>) ![in](data:image/gif;base64,{gif})\n"
        f"![out](http://evil.test/x.png) ![f](plot.png)\n"
        f"![v](attachment:x.svg) ![b](attachment:bad.png) ![none](attachment:nowhere) ![n](attachment:n)\n"
        f"<img src='data:image/svg+xml;base64,{png}'> <img src='attachment:my pic.png' onload='x' width=50>",
        attachments,
    )
    assert cleaned.count("<img ") == 3
    assert cleaned.count(f'src="data:image/png;base64,{png}"') == 2
    assert f'src="data:image/gif;base64,{gif}"' in cleaned and 'alt="mine"' in cleaned and 'width="50"' in cleaned
    assert cleaned.count("(a picture is not shown here)") == 7 and "evil" not in cleaned and "plot.png" not in cleaned


def test_results_keep_text_tables_and_pictures() -> None:
    png, jpeg = picture(), picture("jpeg")
    assert shown(result(text_plain="1", text_html="<b>1</b>")) == [{"text/html": "<b>1</b>", "text/plain": "1"}]
    assert shown(result(text_plain="<Figure>", image_png=png)) == [{"image/png": png, "text/plain": "<Figure>"}]
    assert shown(result(image_jpeg=jpeg)) == [{"image/jpeg": jpeg}]
    assert shown(result(text_plain=["a\n", "b"])) == [{"text/plain": "a\nb"}]


def test_typed_text_becomes_plain_text() -> None:
    latex = result(text_plain="<IPython.core.display.Latex object>", text_latex="$x^2$")
    assert shown(latex) == [{"text/plain": "$x^2$"}]
    assert shown(result(text_markdown="# <script>x</script>")) == [{"text/plain": "# <script>x</script>"}]
    assert shown(result(text_plain="x**2", text_latex="$x^2$")) == [{"text/plain": "x**2"}]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("application/javascript", "JavaScript"),
        ("image/svg+xml", "an SVG picture"),
        ("application/vnd.jupyter.widget-view+json", "widget"),
        ("application/pdf", "a PDF file"),
        ("text/vnd.mermaid", "another kind of output"),
        ("<img src=x>", "another kind of output"),
        ("image/png", "a picture that is damaged or too large"),
    ],
)
def test_what_is_not_shown_is_named(kind: str, words: str) -> None:
    output = {"output_type": "display_data", "data": {kind: "alert('gone')", "text/plain": "kept"}, "metadata": {}}
    (kept, note) = shown(output)
    assert kept == {"text/plain": "kept"}
    assert note["text/plain"].startswith("(not shown here: ") and words in note["text/plain"]


def test_markup_of_script_only_says_that_nothing_is_left() -> None:
    (note,) = shown(result(text_html="<script>alert(1)</script>"))
    assert note == {"text/plain": "(not shown here: markup without text, or too much of it)"}


def test_sizes_of_pictures_are_numbers() -> None:
    output = result(image_png=picture())
    output["metadata"] = {
        "image/png": {"width": 300, "height": '1" onload="x', "alt": "a"},
        "text/html": {"isolated": True},
    }
    assert clean_outputs([output])[0]["metadata"] == {"image/png": {"width": 300}}


def test_streams_and_errors() -> None:
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": "a"},
        {"output_type": "stream", "name": "stdout", "text": ["b\n", "c"]},
        {"output_type": "stream", "name": "<img src=x>", "text": "d"},
        {"output_type": "stream", "name": "stderr", "text": "e"},
        {"output_type": "error", "ename": "E\x1b[2J", "evalue": 3, "traceback": ["\x1b[31mone\x1b[0m", None, "two"]},
        {"output_type": "update_display_data", "data": {}},
        {"output_type": "stream"},
        "no output",
        None,
    ]
    cleaned = clean_outputs(outputs)
    assert [(one["output_type"], one.get("name"), one.get("text")) for one in cleaned] == [
        ("stream", "stdout", "ab\ncd"),
        ("stream", "stderr", "e"),
        ("error", None, None),
        ("stream", "stdout", ""),
    ]
    assert cleaned[2] == {
        "output_type": "error",
        "ename": "E",
        "evalue": "3",
        "traceback": ["\x1b[31mone\x1b[0m", "two"],
    }


def test_outputs_are_bounded_by_number_and_in_all() -> None:
    many = clean_outputs([result(text_plain=str(number)) for number in range(1_000)])
    assert len(many) == sanitise.OUTPUT_LIMIT + 1 and "800 more outputs" in many[-1]["data"]["text/plain"]
    budget = Budget(characters=150_000, image_bytes=100)
    texts = [clean_outputs([result(text_plain="x" * 90_000)], budget)[0]["data"]["text/plain"] for _ in range(3)]
    assert len(texts[0]) == 90_000 and "not shown here" in texts[1] and "not shown here" in texts[2]
    large = clean_outputs([result(image_png=picture(size=(500, 500)))], Budget(image_bytes=100))
    assert "too large" in large[0]["data"]["text/plain"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


kinds = st.sampled_from(["text/plain", "text/html", "text/markdown", "image/png", "image/gif"])
outputs_of_any_shape = st.fixed_dictionaries(
    {"output_type": st.sampled_from(["stream", "error", "execute_result", "display_data", "x"])},
    optional={
        **dict.fromkeys(("name", "text", "ename", "evalue", "traceback", "metadata", "execution_count"), anything),
        "data": st.dictionaries(kinds, anything) | anything,
    },
)


@given(st.lists(outputs_of_any_shape | anything, max_size=4))
@settings(max_examples=200, deadline=None)
def test_outputs_of_any_shape_become_valid_ones_that_can_be_written(outputs: list[object]) -> None:
    cleaned = clean_outputs(outputs)
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.from_dict(one) for one in cleaned])
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
    json.dumps(cleaned, ensure_ascii=False).encode()
    assert clean_outputs(cleaned) == cleaned
