"""A warehouse to steer: the closing project of the course Stock management.

``simulate("practice-1", my_policy)`` runs the firm's warehouse for 26 weeks and lets ``my_policy`` decide every order.
Not for teaching how to decide: that is the unit's. What is in which module is in the folder's README.
"""

from __future__ import annotations

from doorstart_warehouse.policies import old_rule
from doorstart_warehouse.problem import PolicyError
from doorstart_warehouse.result import Result
from doorstart_warehouse.scoring import score
from doorstart_warehouse.season import PRACTICE, Season, past_sales, season
from doorstart_warehouse.simulation import Attempt, attempt, simulate

__all__ = [
    "PRACTICE",
    "Attempt",
    "PolicyError",
    "Result",
    "Season",
    "attempt",
    "old_rule",
    "past_sales",
    "score",
    "season",
    "simulate",
]
