"""Changes of a solution: which are made, and which of them are told from the solution."""

from __future__ import annotations

import pytest

from doorstart.courses.check.mutants import mutants
from doorstart.courses.check.probe import differences


def changes(source: str) -> set[str]:
    return {one.change.split(": ", 1)[1] for one in mutants(source)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = b + c", {"b + c → b - c"}),
        ("a = b < c", {"b < c → b <= c", "b < c → b >= c"}),
        ("a = b and c", {"b and c → b or c"}),
        ("a = not b", {"not b → b"}),
        ("a = 3", {"3 → 4", "3 → 2"}),
        ("a = True", {"True → False"}),
        ('a = "BE"', {"'BE' → 'BEx'"}),
        ('a = Decimal("0.50")', {"'0.50' → '0.51'"}),
        ("f(a, b)", {"f(a, b) → (nothing)", "f(a, b) → f(b, a)"}),
        ("a += b", {"a += b → a -= b", "a += b → (nothing)"}),
        ("a[b] = c", {"a[b] = c → (nothing)"}),
        ("if a:\n    b()", {"if a → if False", "if a → if True", "b() → (nothing)"}),
        ("for a in b:\n    continue", {"continue → (nothing)"}),
        ('def f():\n    """Words."""\n    return x', set()),
        ("f(a, a)", {"f(a, a) → (nothing)"}),
        ('a = f"{b} kg"', {"' kg' → ' kgx'"}),
    ],
)
def test_changes(source: str, expected: set[str]) -> None:
    assert changes(source) == expected


def test_every_change_is_a_program_of_its_own() -> None:
    source = "def f(a, b):\n    if a > b and b != 0:\n        return a // b\n    return a * 2 - b % 3\n"
    found = mutants(source)
    assert len({one.source for one in found}) == len(found) > 12
    for one in found:
        compile(one.source, "<mutant>", "exec")


SOLUTION = """
def fee(total, country):
    if total >= 50:
        return 0
    return 5 if country == "BE" else 9
"""
CHECKS = ["assert fee(10, 'BE') == 5 and fee(60, 'FR') == 0"]


def shown(before: str, after: str, solution: str = SOLUTION, checks: list[str] = CHECKS) -> str | None:
    assert before in solution
    return differences([], solution, checks, [solution.replace(before, after)])[0]


def test_a_difference_is_shown_with_a_call() -> None:
    assert shown("return 5", "return 6") == "fee(10, 'BE') gives 6 instead of 5"
    assert "fee(10, " in str(shown('"BE"', '"BEx"'))


def test_what_behaves_the_same_is_the_same() -> None:
    assert shown("total >= 50", "not total < 50") is None


def test_a_boundary_that_no_check_tries_is_found_near_one_that_is() -> None:
    assert shown(">= 50", "> 50", checks=["fee(49, 'BE')"]) == "fee(50, 'BE') gives 5 instead of 0"


def test_changes_to_arguments_printing_and_names_count() -> None:
    add = "def add(stock):\n    stock.append(1)\n    print('ok')\n"
    check = ["add([])"]
    assert shown("append(1)", "append(2)", add, check)
    assert "printing 'no" in str(shown("'ok'", "'no'", add, check))
    assert shown("total = 3", "total = 4", "total = 3", []) == "total is 4 instead of 3"


def test_errors_that_no_check_asks_for_are_nobodys_business() -> None:
    divide = "def half(a, b):\n    return a / b\n"
    assert shown("a / b", "a / b if b else 0", divide, ["half(1, 2)"]) is None
    strict = "def half(a, b):\n    if b == 0:\n        raise ValueError\n    return a / b\n"
    checks = ["half(1, 2)", "try:\n    half(1, 0)\nexcept ValueError:\n    pass"]
    assert shown("raise ValueError", "return 0", strict, checks)


def test_a_change_without_an_end_is_a_difference() -> None:
    loop = "def count(n):\n    while n > 0:\n        n -= 1\n    return n\n"
    assert "no end" in str(shown("n -= 1", "n += 1", loop, ["count(3)"]))
