"""Markup in places that hold text: streams, errors, code, raw cells, attachments, metadata."""

import base64

from .case import Case

HTML = "<script>@ACT@</script><img src='@URL@' onerror=\"@ACT@\">"
SVG = "<svg xmlns='http://www.w3.org/2000/svg'><script>@ACT@</script><image href='@URL@'/></svg>"


def text(name: str, kind: str, content: str = HTML, mime: str = "text/html", *, plain: bool = False) -> Case:
    """Markup in such a place. A page that shows it as text is not a page without protection: it does not act there."""
    return Case(name, content, kind=kind, mime=mime, plain=plain)


CASES = [
    text("text-stream", "stream"),
    text(
        "text-stream-signs",
        "stream",
        f"\x1b[31m{HTML}\x1b[0m \x1b]8;;@URL@\x07points\x1b]8;;\x07 \x1b]0;@NAME@\x07 \u202e",
    ),
    text("text-stream-link", "stream", "See @URL@ or javascript:@ACT@"),
    text("text-stream-path", "stream", 'File "/course/@NAME@<img src=@URL@>.py", line 1'),
    text("text-error", "error"),
    text("text-plain", "output", HTML, "text/plain"),
    text("text-code", "code", f"# {HTML}\n'''</script>{HTML}'''"),
    text("text-raw", "raw", HTML, "text/plain"),
    text("text-raw-html", "raw", HTML, "text/html", plain=True),
    text("text-raw-latex", "raw", r"\href{javascript:@ACT@}{x} " + HTML, "text/latex"),
    text("text-fence", "markdown", f"```html {HTML}\n{HTML}\n```\n\n    {HTML}\n"),
    text(
        "text-mermaid",
        "markdown",
        "```mermaid\ngraph TD; A[\"<img src='@URL@' onerror='@ACT@'>\"]-->B\n"
        "click A href \"javascript:@ACT@\"\n%%{init:{'securityLevel':'loose','htmlLabels':true}}%%\n```",
    ),
    text("text-heading", "markdown", f"# Title {HTML}\n\n## {HTML}", plain=True),
    text("text-reference", "markdown", '[points][1] ![x][1]\n\n[1]: javascript:@ACT@ "\'><script>@ACT@</script>"'),
    text("text-attachment", "attachment", SVG, "image/svg+xml"),
    text("text-attachment-html", "attachment", HTML, "text/html"),
    text("text-kernel-name", "notebook-metadata", "kernelspec.display_name"),
    text("text-title", "notebook-metadata", "title"),
    text("text-author", "notebook-metadata", "authors"),
    text("text-language", "notebook-metadata", "language_info.name"),
    text("text-widget-state", "notebook-metadata", "widgets"),
    text("text-tags", "cell-metadata", "tags"),
    text("text-cell-name", "cell-metadata", "name"),
    text("text-cell-format", "cell-metadata", "jupyter"),
    text("text-huge", "stream", HTML + "x" * 200_000),
]


def encoded(content: str) -> str:
    """An attachment's content as nbformat has it."""
    return base64.b64encode(content.encode()).decode()
