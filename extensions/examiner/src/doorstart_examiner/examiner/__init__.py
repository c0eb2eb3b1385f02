"""The examiner: runs test cells, and judges what comes back from the learner kernel. No learner's code runs here.

* :mod:`.serve`: the examiner as a process; :mod:`.run`: the examiner itself, which runs one test cell after the other.
* :mod:`.namespace`: what the names in a test cell mean. :mod:`.source`: what is read from a test cell's text.
* :mod:`.asking`: when the learner kernel may be asked. :mod:`.proxies`: what it may be asked of the learner's objects,
  and what its answers are worth; :mod:`.objects`: what is known of them without asking. :mod:`.lending`: what the
  learner's code may do with what a test passed to it.
* :mod:`.record`, :mod:`.report`, :mod:`.words`: what a failed check says to the learner and to the instructor.
* :mod:`.traps`: what in a test cell cannot work here, found before anybody is graded with it.
"""

from doorstart_examiner.examiner.run import Examiner
from doorstart_examiner.examiner.serve import serve_examiner
from doorstart_examiner.link.errors import KernelGone

__all__ = ["Examiner", "KernelGone", "serve_examiner"]
