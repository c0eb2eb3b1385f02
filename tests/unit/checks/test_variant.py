"""Numbers of one's own: the same for ever, different between learners, and all of them possible."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from doorstart_checks.variant import FILE, PREVIEW, Variant, variant


def test_the_same_for_ever() -> None:
    """Numbers that were handed out once must come out again: do not change these."""
    mine = Variant("3f9a", "my-order")
    drawn = (mine.whole(3, 40), mine.money("1.00", "9.99"), mine.one_of("abc"), mine.shuffled([1, 2, 3, 4]))
    assert drawn == (37, Decimal("2.23"), "c", [1, 3, 2, 4])


def test_another_learner_and_another_task_have_others() -> None:
    def numbers(seed: str, name: str) -> list[int]:
        mine = Variant(seed, name)
        return [mine.whole(0, 10**6) for _ in range(5)]

    assert numbers("a", "x") == numbers("a", "x")
    assert len({tuple(numbers(seed, name)) for seed in "abc" for name in "xyz"}) == 9


def test_every_value_in_the_range_and_none_outside() -> None:
    drawn = Counter(Variant(str(seed), "n").whole(3, 7) for seed in range(2000))
    assert sorted(drawn) == [3, 4, 5, 6, 7]
    assert all(300 < count < 500 for count in drawn.values())


def test_money_is_to_the_cent() -> None:
    amounts = [Variant(str(seed), "n").money("1.00", "1.05") for seed in range(200)]
    assert {str(amount) for amount in amounts} == {"1.00", "1.01", "1.02", "1.03", "1.04", "1.05"}
    assert isinstance(amounts[0], Decimal)


def test_choices() -> None:
    mine = Variant("s", "n")
    assert sorted(mine.shuffled("abcd")) == ["a", "b", "c", "d"]
    some = mine.some_of(range(10), 3)
    assert len(set(some)) == 3
    for wrong in (lambda: mine.some_of([1], 2), lambda: mine.one_of([]), lambda: mine.whole(2, 1)):
        with pytest.raises(ValueError):
            wrong()


@pytest.mark.parametrize(("content", "seed"), [(b"3f9a\n", "3f9a"), (b"", PREVIEW), (b"\xff\xfe", "\ufffd\ufffd")])
def test_the_seed_is_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, seed: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert variant("n").whole(0, 10**9) == Variant(PREVIEW, "n").whole(0, 10**9)
    (tmp_path / FILE).write_bytes(content)
    assert variant("n").whole(0, 10**9) == Variant(seed, "n").whole(0, 10**9)


def test_nothing_but_the_standard_library_is_imported() -> None:
    """A check in a notebook must not cost a second."""
    code = "import sys, doorstart_checks.en; print([m for m in ('numpy', 'pandas', 'IPython') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
