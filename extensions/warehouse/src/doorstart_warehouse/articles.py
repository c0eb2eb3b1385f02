"""The articles of the warehouse: six of the firm's, with what they cost and when they sell.

Weeks are counted from 1 July: week 1 is the first of July, week 26 the last of December, week 52 the last of June.
Money is in mils, thousandths of a euro, so that all sums are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MIL = 1000
"""Mils in a euro."""
DAYS_IN_YEAR = 365


@dataclass(frozen=True)
class Article:
    """One article.

    Attributes:
        name: as in the firm's catalogue.
        purchase_price, sales_price: of one piece, in mils.
        order_cost: of one order, however large, in mils.
        hold_cost_day: of one piece that lies in the warehouse for one day, in mils.
        lead_weeks: between an order and its delivery, as the supplier promises.
        weekly: pieces asked for in a usual week, before the season's own level.
        profile: for the weeks that are not usual ones, the demand in thousandths of a usual week.
    """

    name: str
    purchase_price: int
    sales_price: int
    order_cost: int
    hold_cost_day: int
    lead_weeks: int
    weekly: int
    profile: Mapping[int, int]

    @property
    def margin(self) -> int:
        """What is lost with a piece that a customer wanted and did not get, in mils."""
        return self.sales_price - self.purchase_price

    def facts(self) -> dict[str, str | int | float]:
        """What a policy is told, in euros; ``hold_cost`` is of one piece for one year."""
        return {
            "article": self.name,
            "lead_weeks": self.lead_weeks,
            "order_cost": self.order_cost / MIL,
            "hold_cost": self.hold_cost_day * DAYS_IN_YEAR / MIL,
            "purchase_price": self.purchase_price / MIL,
            "sales_price": self.sales_price / MIL,
        }


_SCHOOL = {6: 1200, 7: 1800, 8: 2600, 9: 3000, 10: 2700, 11: 1600, 12: 1200}
_PRESENTS = {20: 1300, 21: 1800, 22: 2600, 23: 2800, 24: 2500, 25: 2200, 26: 1100}
_SALES = {1: 1600, 2: 1700, 3: 1500, 4: 1400, 5: 1200, 27: 1500, 28: 1700, 29: 1600, 30: 1400}

ARTICLES = (
    Article("Notebook A5, lined", 1100, 1950, 9000, 1, 2, 120, _SCHOOL),
    Article("Pen, blue, box of 10", 2400, 4050, 9000, 2, 1, 60, _SCHOOL),
    Article("Mug, white", 2200, 3890, 12000, 4, 3, 40, _PRESENTS),
    Article("Cook book", 10600, 17450, 15000, 10, 2, 15, _PRESENTS),
    Article("Desk lamp", 11500, 19850, 18000, 12, 3, 14, _SALES),
    Article("Coffee, 500 g", 5100, 8050, 9000, 5, 1, 50, {}),
)
