"""Which objects both sides have, and what goes into a message about them.

Three kinds of objects cross:

* values that cannot change, as copies (numbers, text, tuples …): the codec of :mod:`doorstart_examiner.values`.
* *shared* values: lists, dicts, sets, arrays and tables. Both sides have a copy under the same number. Before a message
  leaves, every shared value is compared with what the other side knows of it, and what changed goes along. So a list
  that a function changes in place has its new state when the function is back, and two names for one list stay one
  list.
* *opaque* objects (functions, classes, instances …). They stay where they are; the other side gets a stand-in with a
  number (:mod:`doorstart_examiner.link.standins`).

Inside a message, shared and opaque objects are :class:`Token` objects. A shared value's content is sent apart from
where it is used, so values may contain each other in any way, also themselves.

* :mod:`.table`: which objects both sides have, by number. :mod:`.mirror`: such a table, with messages both ways.
* :mod:`.packing` and :mod:`.unpacking`: what goes into a message, and what one says; :mod:`.tokens`.
* :mod:`.kinds`: which types of values are shared. :mod:`.kind`, :mod:`.containers`, :mod:`.tables`: and how.
"""

from doorstart_examiner.link.mirror.mirror import Mirror
from doorstart_examiner.link.mirror.table import Side

__all__ = ["Mirror", "Side"]
