"""``python -m doorstart.timetable read|write|remove``: for the host's command line, through ``docker exec -i``.

``write`` reads a timetable as JSON from standard input. Each prints the timetable that then holds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from doorstart.timetable import store
from doorstart.timetable.lessons import Timetable


def main(arguments: Sequence[str], path: Path = store.FILE) -> int:
    """Do one of the three; returns the exit code."""
    if len(arguments) != 1 or arguments[0] not in ("read", "write", "remove"):
        sys.stderr.write("usage: python -m doorstart.timetable read|write|remove\n")
        return 2
    try:
        if arguments[0] == "write":
            store.write(Timetable.model_validate_json(sys.stdin.read()), path)
        elif arguments[0] == "remove":
            path.unlink(missing_ok=True)
        table = store.read(path)
    except (ValidationError, store.TimetableError) as error:
        print(json.dumps({"message": str(error)}))
        return 1
    print(table.model_dump_json())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
