"""What a learner's notebook shows, made harmless before anybody's browser sees it: text, markup, pictures, outputs.

What comes out holds no script, no address, nothing that loads, and no name (``id``, ``class``, attribute of an event)
that a page or its scripts could react to. It is still bounded: a submission cannot make a page too large to open.

* :mod:`.text`, :mod:`.pictures`, :mod:`.style`: one text, one picture, the look of one element.
* :mod:`.markup`: HTML. :mod:`.markdown`: what is typed into text cells, and what is attached to it.
* :mod:`.outputs`: what a code cell shows. :mod:`.budget`: how much of one notebook is shown at all.
* :mod:`.notes`: the words that stand for what is not shown.

This is not where code is confined (the sandbox does that), and not where it is decided what a learner may see of a
check (``feedback`` does that).
"""

from doorstart_grading.sanitise.budget import Budget
from doorstart_grading.sanitise.markdown import MARKDOWN_LIMIT, clean_attachments, clean_markdown
from doorstart_grading.sanitise.markup import HTML_LIMIT, clean_html
from doorstart_grading.sanitise.outputs import OUTPUT_LIMIT, clean_outputs, count
from doorstart_grading.sanitise.pictures import IMAGE_LIMIT, PICTURES, clean_image
from doorstart_grading.sanitise.style import clean_style
from doorstart_grading.sanitise.text import LINE_LIMIT, TEXT_LIMIT, clean_text, encodable

__all__ = [
    "HTML_LIMIT",
    "IMAGE_LIMIT",
    "LINE_LIMIT",
    "MARKDOWN_LIMIT",
    "OUTPUT_LIMIT",
    "PICTURES",
    "TEXT_LIMIT",
    "Budget",
    "clean_attachments",
    "clean_html",
    "clean_image",
    "clean_markdown",
    "clean_outputs",
    "clean_style",
    "clean_text",
    "count",
    "encodable",
]
