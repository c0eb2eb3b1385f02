"""The examiner: runs test cells, and judges what comes back from the learner kernel. No learner's code runs here.

* :mod:`.serve`: the examiner as a process; :mod:`.run`: the examiner itself, which runs one test cell after the other.
* :mod:`.namespace`: what the names in a test cell mean. :mod:`.proxies`: what may be asked of the learner kernel, and
  what its answers are worth. :mod:`.source`: what is read from a test cell's text.
* :mod:`.record`, :mod:`.report`, :mod:`.words`: what a failed check says to the learner and to the instructor.
* :mod:`.traps`: what in a test cell cannot work here, found before anybody is graded with it.
"""

from doorstart_examiner.examiner.run import Examiner
from doorstart_examiner.examiner.serve import serve_examiner
from doorstart_examiner.link.errors import KernelGone

__all__ = ["Examiner", "KernelGone", "serve_examiner"]
