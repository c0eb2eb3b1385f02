"""What a learner could hand in to make an instructor's browser act: one family a module, each case with a beacon.

A case *acts* when its beacon is seen: a request to the canary or to the site that has its name in it, a title, a new
window, or what its ``probe`` looks for. :mod:`.case` says what a case is, :mod:`.notebook` puts cases into a
notebook, :mod:`.canary` listens for them, and shows them in a page without protection.
"""

from .case import Case, File
from .files import FILES
from .math import CASES as MATH
from .mime import CASES as MIME
from .navigation import CASES as NAVIGATION
from .parsing import CASES as PARSING
from .scripts import CASES as SCRIPTS
from .sending import CASES as SENDING
from .structure import CASES as STRUCTURE
from .styles import CASES as STYLES
from .texts import CASES as TEXTS

ALL: list[Case] = [*SCRIPTS, *PARSING, *NAVIGATION, *SENDING, *STYLES, *STRUCTURE, *MIME, *MATH, *TEXTS]

__all__ = ["ALL", "FILES", "Case", "File"]
