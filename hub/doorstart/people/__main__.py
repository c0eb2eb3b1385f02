"""``python -m doorstart.people import|list|reset|forget``: for the host's command line, through ``docker exec -i``.

The request is JSON on standard input (nothing for ``list``), so passwords and names are in no process list. Standard
output is the Hub's answer as JSON; the exit code is 0, or 1 with ``{"status", "message", "problems"}``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from doorstart import names
from doorstart.people.client import Client, HubError

TOKEN_FILE = names.STATE / "hub" / "admin-token"
_USAGE = "usage: python -m doorstart.people import|list|reset|forget  (JSON on standard input, except for list)"


def main(arguments: Sequence[str], hub_socket: Path, token_file: Path) -> int:
    """Ask once; returns the exit code."""
    if len(arguments) != 1 or arguments[0] not in ("import", "list", "reset", "forget"):
        sys.stderr.write(_USAGE + "\n")
        return 2
    client = Client(hub_socket, token_file)
    try:
        if arguments[0] == "list":
            answer = client.people()
        elif arguments[0] == "import":
            answer = client.import_roster(_request())
        elif arguments[0] == "reset":
            answer = client.reset(_request())
        else:
            answer = client.forget(_request())
    except HubError as error:
        sys.stdout.write(json.dumps(error.answer) + "\n")
        return 1
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


def _request() -> dict[str, Any]:
    try:
        request = json.load(sys.stdin)
    except ValueError as error:
        raise HubError(400, f"Standard input is not JSON: {error}") from error
    if not isinstance(request, dict):
        raise HubError(400, "Standard input is not a JSON object.")
    return request


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(names.HUB_SOCKET), Path(TOKEN_FILE)))
