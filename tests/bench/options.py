"""The options that every benchmark of servers takes: how many rounds, and whether to attack a server first."""

from __future__ import annotations

import argparse


def read(about: str, *, rounds: int, isolation: bool = True, **counts: int) -> argparse.Namespace:
    """What was asked for on the command line.

    Args:
        about: What is measured.
        rounds: How often each side is measured, if nothing is said.
        isolation: Whether servers are measured, so that they are attacked too.
        counts: Further numbers with a default, such as ``servers=30`` for ``--servers``.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--rounds", type=int, default=rounds, help=f"how often each side is measured ({rounds})")
    for name, default in counts.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"how many ({default})")
    if isolation:
        parser.add_argument(
            "--without-attacks",
            action="store_true",
            help="leave out `doorstart check isolation`, where another part of the same bench has run it",
        )
    chosen = parser.parse_args()
    if chosen.rounds < 1:
        parser.error("--rounds is at least 1")
    return chosen
