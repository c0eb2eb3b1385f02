"""What people and their servers may ask of the Hub: roles cut to what is needed.

The Hub's pages that a learner has no use for, and that show or make tokens or shares, are taken away as well.
"""

from __future__ import annotations

from typing import Any

from doorstart import names

SERVER_TOKEN_SCOPES = ["users:activity!user", "access:servers!server", names.EXCHANGE_SCOPE]
"""What the token in a learner's server may do: its own server, its own activity, the exchange."""

INSTRUCTOR_TOKEN_SCOPES = [*SERVER_TOKEN_SCOPES, names.SANDBOX_SCOPE]

PERSON_SCOPES = [
    "read:users:name!user",
    "read:users:groups!user",
    "users:activity!user",
    "servers!user",
    "access:servers!user",
    names.EXCHANGE_SCOPE,
    names.SANDBOX_SCOPE,
]
"""What a person may do: see, start, stop and use their own servers; no token, no share, no list of users.

The sandbox is in it because a server's token cannot hold what its owner does not; which servers get that scope, and
that the owner teaches a course, is checked where the token is made and again by the sandbox.
"""

CLOSED_PAGES = (r"/token", r"/accept-share")
"""Pages of the Hub that nobody here needs."""


def load_roles() -> list[dict[str, Any]]:
    """The roles of a site, in the form of ``JupyterHub.load_roles``."""
    return [
        {"name": "user", "description": "A person of this site", "scopes": PERSON_SCOPES},
        {"name": "server", "description": "A running server", "scopes": SERVER_TOKEN_SCOPES},
        {
            "name": "idle-culler",
            "description": "Stops servers that nobody uses",
            "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
            "services": ["idle-culler"],
        },
        {
            "name": "doorstart-admin",
            "description": "The doorstart command, inside the Hub's container",
            "scopes": ["admin:users", "admin:groups", "admin:servers"],
            "services": ["doorstart-admin"],
        },
    ]


def without_closed_pages(handlers: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The Hub's handlers without those of :data:`CLOSED_PAGES`."""
    return [handler for handler in handlers if handler[0] not in CLOSED_PAGES]
