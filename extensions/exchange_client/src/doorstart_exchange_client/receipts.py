"""Receipts in a learner's home: one text to read and print, one JSON with the same content for checking."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TEXT = """\
RECEIPT FOR A SUBMISSION

Course       {course}
Assignment   {assignment}
Learner      {learner}
Handed in    {time}
Number       {id}

This proves that your work arrived. Keep it.

Fingerprint of the files (SHA-256)
{digest}

Signature of the exchange (Ed25519)
{signature}
"""


def write_receipt(folder: Path, receipt: dict[str, Any]) -> Path:
    """Writes the receipt below ``folder``, in a folder of the course, and returns the path of the text.

    Raises:
        OSError: it could not be written.
    """
    place = folder / str(receipt["course"])
    place.mkdir(parents=True, exist_ok=True)
    # Colons are not allowed in file names on a memory stick.
    name = f"{receipt['assignment']} {receipt['time']}".replace(":", ".")
    (place / f"{name}.json").write_text(json.dumps(receipt, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    text = place / f"{name}.txt"
    text.write_text(TEXT.format(**receipt), encoding="utf-8")
    return text
