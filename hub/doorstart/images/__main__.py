"""``python -m doorstart.images``: one act on the registry, for the host's command line.

Standard input is a JSON object: ``verb`` and what the verb needs. Standard output is the registry as JSON, and the exit
code 0; or ``{"message"}`` and 1 when it was refused.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from doorstart.images import acts, arrivals, registry_file
from doorstart.images.registry import Known, Registry, RegistryError

_KNOWN = TypeAdapter(list[Known])
_ACTS: dict[str, Callable[..., Registry]] = {
    "learn": arrivals.learn,
    "built": arrivals.built,
    "first": arrivals.first,
    "pruned": arrivals.pruned,
    "trial": acts.trial,
    "end_trial": acts.end_trial,
    "promote": acts.promote,
    "rollback": acts.rollback,
    "retire": acts.retire,
    "restore": acts.restore,
}


def carry_out(request: dict[str, Any], path: Path = registry_file.FILE) -> Registry:
    """Do what a request says; the registry afterwards.

    Raises:
        RegistryError: it is refused, or is no such request.
    """
    fields = dict(request)
    verb = fields.pop("verb", "")
    now = datetime.now(UTC)
    try:
        if verb == "read":
            return registry_file.read(path)
        if verb == "end_servers":
            at = now + timedelta(minutes=float(fields.pop("minutes")))
            return registry_file.update(partial(acts.end_servers, at=at, now=now, **fields), path)
        if verb not in _ACTS:
            raise RegistryError(f"There is no act {verb!r}; there is {', '.join(_ACTS)}.")
        if "known" in fields:
            fields["known"] = _KNOWN.validate_python(fields["known"])
        return registry_file.update(partial(_ACTS[verb], now=now, **fields), path)
    except (TypeError, KeyError, ValueError, ValidationError) as error:
        raise RegistryError(f"This is no request to {verb}: {error}") from error


def main() -> int:
    """Read one request and answer it; the exit code."""
    try:
        after = carry_out(json.load(sys.stdin))
    except RegistryError as error:
        print(json.dumps({"message": str(error)}))
        return 1
    print(after.model_dump_json())
    return 0


if __name__ == "__main__":
    sys.exit(main())
