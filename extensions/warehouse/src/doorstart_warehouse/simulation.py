"""The warehouse day by day, as processes of SimPy. The clock counts hours from midnight before the first Monday.

On each day, in this order: deliveries come in (7 h), on Mondays the policy is asked for each article (9 h), customers
come (12 h); on Sundays the week's sales go into the history (20 h). A customer who does not find an article leaves, and
takes what is there of it: sales are never more than what is in the warehouse.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import simpy

from doorstart_warehouse.asking import MOST_SECONDS, Asker, Policy
from doorstart_warehouse.problem import Language, PolicyError
from doorstart_warehouse.result import Event, EventName, Result, result_of, week_of
from doorstart_warehouse.season import DAYS, Line, Season, season

_DAY = 24
_DELIVERIES, _ORDERS, _CUSTOMERS, _CLOSING = 7, 9, 12, 20

Process = Generator[simpy.Event, Any, None]


@dataclass(frozen=True)
class Attempt:
    """A season with a policy that may not be usable, for checks.

    Attributes:
        result: of the season; None if it did not come to its end.
        problem: what was wrong with the policy, in words; "" if nothing was.
    """

    result: Result | None
    problem: str


def simulate(seed: str | Season, policy: Policy, *, language: Language = "en", seconds: float = MOST_SECONDS) -> Result:
    """Run a season of 26 weeks.

    Args:
        seed: of the season, for example ``"practice-1"``; or the season itself.
        policy: asked each Monday for each article: ``policy(article, on_hand, on_order, history)``. See
            :data:`doorstart_warehouse.asking.Policy`.
        language: of what is said about a policy that cannot be used.
        seconds: that the policy's calls may take together.

    Raises:
        PolicyError: the policy returned something that is no order, or raised an exception, or took too long.
        ValueError: there is no season of this seed.
    """
    chosen = season(seed) if isinstance(seed, str) else seed
    warehouse = _Warehouse(chosen, Asker(policy, language, seconds))
    warehouse.run()
    return result_of(chosen, warehouse.log)


def attempt(seed: str | Season, policy: Policy, *, language: Language = "en", seconds: float = MOST_SECONDS) -> Attempt:
    """As :func:`simulate`; a policy that cannot be used gives an attempt that says so."""
    try:
        return Attempt(simulate(seed, policy, language=language, seconds=seconds), "")
    except PolicyError as error:
        return Attempt(None, str(error))


class _Shelf:
    """One article in the warehouse: what is there, what is on its way, what was sold."""

    def __init__(self, clock: simpy.Environment, line: Line) -> None:
        self.line = line
        self.stock = simpy.Container(clock, init=line.opening)
        self.on_order = 0
        self.history = list(line.past)
        self.sold_this_week = 0

    @property
    def on_hand(self) -> int:
        return int(self.stock.level)


class _Warehouse:
    """A season with one policy."""

    def __init__(self, chosen: Season, ask: Asker) -> None:
        self._clock = simpy.Environment()
        self._ask = ask
        self._stopped = self._clock.event()
        self._error: BaseException | None = None
        self.log: list[Event] = []
        shelves = [_Shelf(self._clock, line) for line in chosen.lines]
        for shelf in shelves:
            self._note("opening", shelf, shelf.on_hand)
        self._clock.process(self._mondays(shelves))
        for shelf in shelves:
            self._clock.process(self._days(shelf))

    def run(self) -> None:
        """Until the evening of the last Sunday, or until the policy cannot be asked further."""
        end = self._clock.timeout(DAYS * _DAY - 1)
        self._clock.run(until=end | self._stopped)
        if self._error is not None:
            raise self._error

    def _mondays(self, shelves: list[_Shelf]) -> Process:
        yield self._clock.timeout(_ORDERS)
        while True:
            for shelf in shelves:
                article = shelf.line.article
                week = week_of(self._today())
                try:
                    pieces = self._ask(week, article, shelf.on_hand, shelf.on_order, shelf.history)
                except BaseException as error:
                    # Not through SimPy, which raises a new exception made of the arguments of this one.
                    self._error = error
                    self._stopped.succeed()
                    return
                if pieces:
                    shelf.on_order += pieces
                    self._note("order", shelf, pieces)
                    self._clock.process(self._delivery(shelf, pieces))
            yield self._clock.timeout(7 * _DAY)

    def _delivery(self, shelf: _Shelf, pieces: int) -> Process:
        days = 7 * shelf.line.article.lead_weeks + shelf.line.delays[self._today() - 1]
        yield self._clock.timeout(days * _DAY - _ORDERS + _DELIVERIES)
        shelf.on_order -= pieces
        yield shelf.stock.put(pieces)
        self._note("delivery", shelf, pieces)

    def _days(self, shelf: _Shelf) -> Process:
        yield self._clock.timeout(_CUSTOMERS)
        for day, asked in enumerate(shelf.line.demand, start=1):
            sold = min(asked, shelf.on_hand)
            if sold:
                yield shelf.stock.get(sold)
                self._note("sale", shelf, sold)
            if asked > sold:
                self._note("lost", shelf, asked - sold)
            shelf.sold_this_week += sold
            if day % 7 == 0:
                yield self._clock.timeout(_CLOSING - _CUSTOMERS)
                shelf.history.append(shelf.sold_this_week)
                shelf.sold_this_week = 0
                yield self._clock.timeout(_DAY - _CLOSING + _CUSTOMERS)
            else:
                yield self._clock.timeout(_DAY)

    def _today(self) -> int:
        return int(self._clock.now) // _DAY + 1

    def _note(self, event: EventName, shelf: _Shelf, pieces: int) -> None:
        day = self._today()
        name = shelf.line.article.name
        self.log.append({"day": day, "week": week_of(day), "article": name, "event": event, "pieces": pieces})
