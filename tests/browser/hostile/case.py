"""What a case is, and the words of which its content is made.

In a content, ``@ACT@`` stands for JavaScript that tells of itself in every way it can, ``@URL@`` for the beacon's
address at the canary, and ``@HERE@`` for one on the site. ``@NAME@`` is the name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MARK = "beacon-"
"""Every sign of a case has this, and the case's name, in it."""

ACT = (
    "(function(){document.title=`NAME`;try{top.document.title=`NAME`}catch(e){}fetch(`URL`,{mode:`no-cors`});"
    "try{fetch(`HERE`,{method:`POST`,credentials:`include`,body:document.cookie})}catch(e){}"
    "try{parent.postMessage(`NAME`,`*`)}catch(e){}})()"
)
"""Without quotes, spaces and angle brackets, so that it can stand anywhere."""


@dataclass(frozen=True)
class Case:
    """Something hostile in a notebook."""

    name: str
    content: str
    kind: str = "html"
    """Where it stands: ``html`` (a Markdown cell, and a cell's output), ``markdown``, ``raw``, ``output``, ``stream``,
    ``error``, ``code``, ``attachment``, ``cell-metadata``, ``notebook-metadata``."""
    mime: str = "text/html"
    """Of an output, or the format of a raw cell."""
    probe: str = ""
    """JavaScript that is true on a page on which the case acts, if it sends nothing."""
    plain: bool = True
    """Whether it acts in a page without protection; what needs JupyterLab to act does not."""
    metadata: dict[str, object] = field(default_factory=dict)
    """Of the output."""

    def __post_init__(self) -> None:
        assert self.name.replace("-", "").isalnum(), self.name

    def filled(self, canary: str) -> str:
        """The content, its beacon at the canary of this address."""
        return fill(self.content, self.name, canary)


@dataclass(frozen=True)
class File:
    """Something hostile in a file beside the notebook, or in its name."""

    name: str
    path: str
    content: str

    def filled(self, canary: str) -> tuple[str, str]:
        """The path and the content, with their beacons."""
        return fill(self.path, self.name, canary), fill(self.content, self.name, canary)


def fill(text: str, name: str, canary: str) -> str:
    """A text with its beacons put in."""
    mark, url, here = f"{MARK}{name}", f"{canary}/{MARK}{name}", f"/hub/{MARK}{name}"
    act = ACT.replace("NAME", mark).replace("URL", url).replace("HERE", here)
    for word, meaning in {"@ACT@": act, "@URL@": url, "@HERE@": here, "@NAME@": mark}.items():
        text = text.replace(word, meaning)
    return text
