"""Names that a page's scripts would take for their own (DOM clobbering), and parts that look like the page's."""

from .case import Case

CASES = [
    Case(
        "clobbers-a-name",
        "<a id='base_url' href='@URL@'></a><a id='submission_id'></a><form id='@NAME@'><input name='action'></form>",
        probe="document.getElementById('@NAME@')!==null",
    ),
    Case(
        "clobbers-the-document",
        "<img name='currentScript' src='data:,'><img name='body' src='data:,'><form name='cookie'></form>",
        probe="document.currentScript instanceof HTMLImageElement||document.cookie instanceof HTMLElement",
    ),
    Case(
        "clobbers-the-configuration",
        "<script id='jupyter-config-data' type='application/json' title='@NAME@'>{\"baseUrl\":\"@URL@\"}</script>",
        probe="document.querySelectorAll('#jupyter-config-data[title]').length>0",
    ),
    Case(
        "false-score",
        "<input class='score tabbable' id='exam' title='@NAME@' value='19'><textarea class='comment'>fine</textarea>",
        probe="document.querySelector(\":is(#notebook, main) input.score[title='@NAME@']\")!==null",
    ),
    Case(
        "data-attributes",
        "<a data-link='@URL@' data-toggle='tooltip' data-html='true' data-commandlinker-command='filemenu:logout' "
        "title='@NAME@'>x</a>",
        probe="document.querySelector(\"[data-link][title='@NAME@'],[data-toggle][title='@NAME@'],"
        "[data-commandlinker-command][title='@NAME@']\")!==null",
    ),
]
