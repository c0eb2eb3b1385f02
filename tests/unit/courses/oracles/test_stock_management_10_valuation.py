"""The three methods of unit 10 against a published exercise, and against a model that follows each piece."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

Names = Callable[[str, str], dict[str, Any]]
COURSE, UNIT = "stock-management", "10-valuation"
Story = list[tuple[int, Decimal | None]]
TEXTBOOK: Story = [
    (10, Decimal(91)),
    (15, Decimal(106)),
    (-20, None),
    (20, Decimal(115)),
    (10, Decimal(119)),
    (-23, None),
]
"""Pieces in with their price, pieces out."""


def by_layers(take: Callable[[list[dict[str, Any]], int], Decimal], story: Story) -> tuple[Decimal, Decimal]:
    """The cost of goods sold, and the value of the stock."""
    layers: list[dict[str, Any]] = []
    cost = Decimal(0)
    for pieces, price in story:
        if price is None:
            cost += take(layers, -pieces)
        else:
            layers.append({"pieces": pieces, "price": price})
    return cost, sum((layer["pieces"] * layer["price"] for layer in layers), Decimal(0))


def by_average(take: Callable[[dict[str, Any], int], Decimal], story: Story) -> tuple[Decimal, Decimal]:
    stock: dict[str, Any] = {"pieces": 0, "value": Decimal(0)}
    cost = Decimal(0)
    for pieces, price in story:
        if price is None:
            cost += take(stock, -pieces)
        else:
            stock = {"pieces": stock["pieces"] + pieces, "value": stock["value"] + pieces * price}
    return cost, stock["value"]


def piece_by_piece(story: Story, *, newest: bool) -> tuple[Decimal, Decimal]:
    """Each piece is an item of a list with its own price."""
    shelf: list[Decimal] = []
    cost = Decimal(0)
    for pieces, price in story:
        if price is None:
            cost += sum((shelf.pop(-1 if newest else 0) for _ in range(-pieces)), Decimal(0))
        else:
            shelf += [price] * pieces
    return cost, sum(shelf, Decimal(0))


def any_story(seed: int) -> Story:
    random = Random(seed)  # noqa: S311 (practice data)
    story: Story = []
    on_hand = 0
    for _ in range(30):
        if on_hand and random.random() < 0.5:
            out = random.randint(0, on_hand)
            on_hand -= out
            story.append((-out, None))
        else:
            pieces = random.randint(1, 20)
            on_hand += pieces
            story.append((pieces, Decimal(random.randint(1, 2000)) / 100))
    return story


def test_three_methods_give_the_published_numbers(names: Names) -> None:
    unit = names(COURSE, UNIT)
    assert by_layers(unit["take_fifo"], TEXTBOOK) == (Decimal(4570), Decimal(1420))
    assert by_layers(unit["take_lifo"], TEXTBOOK) == (Decimal(4730), Decimal(1260))
    assert by_average(unit["take_average"], TEXTBOOK) == (Decimal(4622), Decimal(1368))


@pytest.mark.parametrize("seed", range(20))
def test_layers_are_those_of_single_pieces(names: Names, seed: int) -> None:
    unit, story = names(COURSE, UNIT), any_story(seed)
    assert by_layers(unit["take_fifo"], story) == piece_by_piece(story, newest=False)
    assert by_layers(unit["take_lifo"], story) == piece_by_piece(story, newest=True)


@pytest.mark.parametrize("seed", range(20))
def test_the_average_loses_no_cent(names: Names, seed: int) -> None:
    """Cost and stock are what was bought; each sale is within half a cent of the exact average."""
    unit, story = names(COURSE, UNIT), any_story(seed)
    cost, left = by_average(unit["take_average"], story)
    assert cost + left == sum(pieces * price for pieces, price in story if price is not None)
    stock = {"pieces": 7, "value": Decimal(seed + 1)}
    exact = Fraction(seed + 1) * 3 / 7
    assert abs(Fraction(unit["take_average"](stock, 3)) - exact) <= Fraction(1, 200)


def test_rising_prices_make_fifo_the_cheapest_cost(names: Names) -> None:
    """As the lesson and the reference answer of its last task say."""
    unit = names(COURSE, UNIT)
    fifo, _ = by_layers(unit["take_fifo"], TEXTBOOK)
    average, _ = by_average(unit["take_average"], TEXTBOOK)
    lifo, _ = by_layers(unit["take_lifo"], TEXTBOOK)
    assert fifo < average < lifo


def test_the_lower_value_is_taken_article_by_article(names: Names) -> None:
    articles = [
        {"pieces": 10, "cost": Decimal("6.00"), "market": Decimal("4.50")},
        {"pieces": 20, "cost": Decimal("9.00"), "market": Decimal("12.00")},
    ]
    assert names(COURSE, UNIT)["inventory_value"](articles) == 225
