"""What the check before a promotion is told to do."""

from __future__ import annotations

from pydantic import BaseModel


class Order(BaseModel):
    """Check this image, and promote it if it is good."""

    image: str
    """The digest."""
    who: str
    reason: str
