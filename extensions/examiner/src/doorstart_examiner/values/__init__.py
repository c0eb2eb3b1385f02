"""The typed encoding in which plain values cross between the learner kernel and the examiner.

The learner kernel is hostile, so this is a security boundary: :func:`loads` and :func:`decode` take what it sends, give
back only values of types that are named in ``docs/values.md``, within :class:`Limits`, and raise :class:`CodecError`
for all else. Nothing is pickled, nothing that arrives is executed, and no class of the other side comes to be here.

``encoding`` and ``decoding`` do the plain types, ``arrays`` numpy's, ``tables`` pandas'; ``records`` are what
dataclasses and namedtuples become, ``recognition`` decides which of them may; ``wire`` is the JSON around it all;
``limits`` counts; ``replacing`` changes an object in place. What a handle means, and which object has which identity,
is not known here.
"""

from doorstart_examiner.values.decoding import decode
from doorstart_examiner.values.encoding import encode
from doorstart_examiner.values.limits import LIMITS, CodecError, Limits
from doorstart_examiner.values.records import Record, TupleRecord, handle_of, shape_of, values_of
from doorstart_examiner.values.replacing import replace
from doorstart_examiner.values.wire import dumps, loads

__all__ = [
    "LIMITS",
    "CodecError",
    "Limits",
    "Record",
    "TupleRecord",
    "decode",
    "dumps",
    "encode",
    "handle_of",
    "loads",
    "replace",
    "shape_of",
    "values_of",
]
