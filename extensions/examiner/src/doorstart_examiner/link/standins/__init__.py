"""What stands for an opaque object of the other side: a class's instances by instances, a class by a class.

For each class of the other side one class is made here, with the same name, bases and operators, but without any of its
code: whatever is done with it or its instances becomes a question to the other side. As these are real classes,
``isinstance``, ``issubclass``, ``except`` and ``match`` work with them as they are.

What may be asked, and what an answer is worth, is for whoever gives :class:`StandIns` its ``ask``.

* :mod:`.classes`, :mod:`.instances`, :mod:`.errors`: what stands for a class, an object, an exception.
* :mod:`.making`: makes them. :mod:`.vocabulary`: operators and types that both sides have a name for.
"""

from doorstart_examiner.link.standins.classes import ClassNote, StandInClass, class_note
from doorstart_examiner.link.standins.errors import new_error
from doorstart_examiner.link.standins.instances import StandIn, hash_of, label_of, number_of, plain_of, set_hash
from doorstart_examiner.link.standins.making import StandIns
from doorstart_examiner.link.standins.vocabulary import (
    ARITHMETIC,
    CHANGING,
    EXCEPTIONS,
    OPERATORS,
    ORDER,
    PLAIN,
    UNCHANGING,
)

__all__ = [
    "ARITHMETIC",
    "CHANGING",
    "EXCEPTIONS",
    "OPERATORS",
    "ORDER",
    "PLAIN",
    "UNCHANGING",
    "ClassNote",
    "StandIn",
    "StandInClass",
    "StandIns",
    "class_note",
    "hash_of",
    "label_of",
    "new_error",
    "number_of",
    "plain_of",
    "set_hash",
]
