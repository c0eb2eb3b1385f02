"""Both directions: one table, of which messages are made and by which they are read."""

from __future__ import annotations

from doorstart_examiner.link.mirror.packing import Packer
from doorstart_examiner.link.mirror.unpacking import Unpacker


class Mirror(Packer, Unpacker):
    """What one side shares with the other: makes its messages, and reads those of the other side."""
