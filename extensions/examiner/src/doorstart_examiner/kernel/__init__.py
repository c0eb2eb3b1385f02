"""The learner kernel's program: runs the learner's cells, and does with the learner's objects what the examiner asks.

All of this runs in one process with the learner's code, which can change any of it. That is allowed for: nothing here
protects a score. It makes honest code work; what it says is taken by the examiner as said by the learner.
"""

from doorstart_examiner.kernel.preload import preload
from doorstart_examiner.kernel.serve import serve

__all__ = ["preload", "serve"]
