"""Outputs of other kinds than HTML: JavaScript, SVG, widgets, charts, pictures that are none."""

import json

from .case import Case

SVG = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' viewBox='0 0 9 9'>"
VEGA = {
    "$schema": "https://vega.github.io/schema/vega/v5.json",
    "width": 9,
    "height": 9,
    "data": [{"name": "d", "url": "@URL@"}],
    "signals": [{"name": "s", "init": "event.view.constructor.constructor('@ACT@')()"}],
    "marks": [
        {"type": "image", "encode": {"enter": {"url": {"value": "@URL@"}, "href": {"value": "javascript:@ACT@"}}}}
    ],
}
WIDGET = {"model_id": "beacon", "version_major": 2, "version_minor": 0}
PDF = (
    "JVBERi0xLjQKMSAwIG9iajw8L1R5cGUvQ2F0YWxvZy9QYWdlcyAyIDAgUi9PcGVuQWN0aW9uPDwvUy9KYXZhU2NyaXB0L0pTKGFwcC5hbGVydCgxKSk+"
    "Pj4+ZW5kb2JqCg=="
)


def output(name: str, mime: str, content: object, *, plain: bool = False, **metadata: object) -> Case:
    """An output of this kind."""
    text = content if isinstance(content, str) else json.dumps(content)
    return Case(name, text, kind="output", mime=mime, plain=plain, metadata={mime: metadata} if metadata else {})


CASES = [
    output("mime-javascript", "application/javascript", "@ACT@", plain=True),
    output("mime-text-javascript", "text/javascript", "element.append('x');@ACT@", plain=False),
    output("mime-svg-script", "image/svg+xml", f"{SVG}<script>@ACT@</script></svg>", plain=True),
    output("mime-svg-event", "image/svg+xml", f'{SVG}<set attributeName="r" onbegin="@ACT@"/></svg>', plain=True),
    output("mime-svg-image", "image/svg+xml", f"{SVG}<image xlink:href='@URL@' href='@URL@'/></svg>", plain=True),
    output(
        "mime-svg-foreign",
        "image/svg+xml",
        f"{SVG}<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'>"
        '<img src="data:," onerror="@ACT@"/></body></foreignObject></svg>',
        plain=True,
    ),
    output("mime-svg-isolated", "image/svg+xml", f"{SVG}<script>@ACT@</script></svg>", isolated=True),
    output("mime-html-isolated", "text/html", "<script>@ACT@</script><img src='@URL@'>", isolated=True),
    output(
        "mime-markdown",
        "text/markdown",
        '<img src="data:," onerror="@ACT@"> ![a](@URL@) [b](javascript:@ACT@)',
        plain=True,
    ),
    output(
        "mime-mermaid",
        "text/vnd.mermaid",
        'graph TD; A["<img src=\'@URL@\' onerror=@ACT@>"]; click A href "javascript:@ACT@"',
    ),
    output("mime-widget-view", "application/vnd.jupyter.widget-view+json", WIDGET),
    output("mime-vega", "application/vnd.vega.v5+json", VEGA),
    output(
        "mime-vega-lite", "application/vnd.vegalite.v5+json", {"data": {"url": "@URL@"}, "mark": "bar", "encoding": {}}
    ),
    output(
        "mime-plotly",
        "application/vnd.plotly.v1+json",
        {
            "data": [{"x": ["<img src=data:, onerror='@ACT@'>"], "type": "bar"}],
            "layout": {"images": [{"source": "@URL@"}]},
        },
    ),
    output(
        "mime-geojson",
        "application/geo+json",
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"popup": "<img src='@URL@'>"},
                    "geometry": {"type": "Point", "coordinates": [4, 51]},
                }
            ],
        },
    ),
    output("mime-json", "application/json", {"<img src='@URL@'>": "<script>@ACT@</script>"}),
    output("mime-pdf", "application/pdf", PDF),
    output("mime-false-picture", "image/png", 'AAAA"><script>@ACT@</script>'),
    output("mime-picture-size", "image/png", "AAAA", width='1" onload="@ACT@', alt="'><script>@ACT@</script>"),
    output("mime-unknown", "application/x-<img src='@URL@'>", "<script>@ACT@</script>"),
    output("mime-bokeh", "application/vnd.bokehjs_exec.v0+json", {"": "<script>@ACT@</script>"}, id="beacon"),
    output("mime-xml", "text/xml", "<?xml-stylesheet href='@URL@'?><x xmlns='http://www.w3.org/1999/xhtml'/>"),
]
