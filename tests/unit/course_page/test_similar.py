"""Similar work: what is found, what is left alone, and that no submission stops the search."""

from __future__ import annotations

import time

import pytest

from doorstart_checks import Variant
from doorstart_course_page.similar_numbers import numbers_in, own_numbers, signs
from doorstart_course_page.similar_passages import passages
from doorstart_course_page.similar_score import MOST_PRINTS, Cell, pairs, prints_of
from doorstart_course_page.similar_tokens import LONGEST_TEXT, code_tokens, prose_tokens
from doorstart_course_page.similar_winnow import CODE, fingerprints

from .corpus.classes import Classroom, classroom, found_in, hand_written

COUNT = """\
def count(words):
    found = {}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return found
"""
OTHER = "def zaehle(x):\n    # by me\n    a={}\n\n    for b in x: a[b] = a.get(b,0)+1\n    return a"


def code(source: str, task: str = "task") -> Cell:
    return Cell("work", task, True, source, task)


def hashes(source: str) -> set[int]:
    return set(prints_of([code(source)]))


def test_other_names_layout_and_comments_make_no_difference():
    assert [token.text for token in code_tokens(COUNT)[0]] == [token.text for token in code_tokens(OTHER)[0]]
    assert hashes(COUNT) <= hashes(OTHER)
    assert hashes(COUNT) != hashes(COUNT.replace("+ 1", "+ 2"))


def test_half_a_program_has_tokens_too():
    whole = [token.text for token in code_tokens(COUNT)[0]]
    broken = [token.text for token in code_tokens("print('no end\n" + COUNT + "\n)))) %magic ?")[0]]
    assert " ".join(whole) in " ".join(broken)
    assert [token.text for token in prose_tokens("Déjà-vu, 3,50 euro!")] == ["déjà", "vu", "3,50", "euro"]


def test_a_common_passage_of_the_guaranteed_length_always_has_a_common_fingerprint():
    for before in range(12):
        for after in range(3):
            one = " ".join([*(f"'x{n}'" for n in range(before)), "print(len(sum(max(min(1))))) + 2 * 3 - 4"])
            two = " ".join(["print(len(sum(max(min(1))))) + 2 * 3 - 4", *(f"'y{n}'" for n in range(after))])
            assert hashes(one) & hashes(two)
    assert not list(fingerprints(code_tokens("a = 1 + 2")[0], CODE)), "shorter than a fingerprint"


def test_what_everybody_was_given_is_left_alone_also_if_only_two_have_it():
    unit = hand_written()
    code_pools = {task: pool for task, pool in unit.pools.items() if task not in unit.text_tasks}
    works = {f"learner{n}": {task: ["..."] for task in code_pools} for n in range(10)}
    works |= {name: {task: [pool[0]] for task, pool in code_pools.items()} for name in ("ann", "bob")}
    assert found_in(Classroom(unit.name, unit.given, unit.text_tasks, works, {})) == []
    assert found_in(Classroom(unit.name, [], unit.text_tasks, works, {})) != []


@pytest.mark.parametrize("seed", range(3))
def test_copies_are_found_and_honest_work_is_left_alone(seed):
    room = classroom(hand_written(), 12, 4, 1000 + seed)
    assert {frozenset((pair.first, pair.second)) for pair in found_in(room)} == set(room.copies)


def test_twelve_honest_learners_are_left_alone():
    assert [pair for seed in range(5) for pair in found_in(classroom(hand_written(), 12, 0, 2000 + seed))] == []


def test_right_answers_that_all_look_alike_are_left_alone():
    unit = hand_written()
    works = {f"learner{n}": {task: [pool[0]] for task, pool in unit.pools.items()} for n in range(10)}
    works["eve"] = {task: [pool[-1]] for task, pool in unit.pools.items()}
    assert found_in(Classroom(unit.name, unit.given, unit.text_tasks, works, {})) == []


def test_the_same_mistake_in_one_task_is_no_sign():
    mistake = "\n".join(f"if stock[{n}] > prices[{n}] * {n}:\n    print(stock[{n}] - {n})" for n in range(30))
    works = {f"learner{n}": prints_of([code(f"print({n}) + sum([{n}, {n}])")]) for n in range(20)}
    works |= {name: prints_of([code(mistake)]) for name in ("ann", "bob")}
    (pair,) = [one for one in pairs(works, ()) if {one.first, one.second} == {"ann", "bob"}]
    assert pair.share == 1 and not pair.is_flagged


def test_thirty_learners_and_twelve_units_take_seconds():
    rooms = [classroom(hand_written(), 30, 3, seed) for seed in range(12)]
    started = time.process_time()
    for room in rooms:
        found_in(room)
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "source",
    [
        "x = 1\n" * 200_000,
        "(" * 300_000,
        "'" * 300_001,
        '"""' * 300_001 + "x",
        "\\" * 300_000,
        "'" + "\\" * 300_001,
        "#" * 300_000,
        "a" * 300_000,
        "1" * 300_000,
        "1.1" * 200_000,
        "f'" + "{" * 200_000,
        "\x00\ufeff\u202e\udc80" * 100_000,
        "a-" * 200_000,
    ],
)
def test_whatever_a_cell_is_it_takes_no_time_and_stops_nothing(source):
    started = time.process_time()
    for cell in (code(source), Cell("work", "text", False, source, "text")):
        prints = prints_of([cell])
        assert all(place.end <= LONGEST_TEXT for places in prints.values() for place in places)
        assert "".join(piece.text for piece in passages([cell], prints, list(prints))[0].pieces)
    numbers_in(source)
    assert time.process_time() - started < 6


def test_a_submission_of_many_cells_is_looked_at_up_to_a_limit():
    cells = [code(f"print({n}, {n + 1}, {n + 2})  # {'x' * 90}", f"t{n}") for n in range(10_000)]
    assert 0 < len(prints_of(cells)) < 2 * MOST_PRINTS


def test_a_class_that_hands_in_the_same_flood_takes_no_time() -> None:
    flood = " ".join(f"print({n})" for n in range(100_000))
    few, rest = prints_of([code(flood)]), prints_of([code("print('honest work', 1, 2, 3)")])
    works = {f"learner{n}": few if n < 15 else rest for n in range(30)}
    started = time.process_time()
    assert len(pairs(works, ())) == 2 * 105
    assert time.process_time() - started < 10
    assert pairs(dict.fromkeys(works, few), ()) == [], "what all have is not from one another"


def test_common_passages_are_marked_and_nothing_is_lost():
    cell = code("print('mine')\n" + COUNT)
    common = hashes(COUNT) & hashes(cell.source)
    (shown,) = passages([cell], prints_of([cell]), common)
    assert "".join(piece.text for piece in shown.pieces) == cell.source
    assert "found.get" in "".join(piece.text for piece in shown.pieces if piece.common)
    assert "mine" not in "".join(piece.text for piece in shown.pieces if piece.common)


NUMBERS = """
from doorstart_checks import variant
mine = variant("sale")
price, pieces = mine.money("100.00", "900.00"), mine.whole(120, 980)
word = mine.one_of(["a", "b"])
total = mine.whole(100, 999) * 1000
rest = mine.money("10.00", "99.00")
print(price, pieces, rest)
more = [mine.whole(1, 9) for _ in range(3)]
never = mine.whole(1, 9)
"""


def expected(seed: str) -> list[str]:
    stream = Variant(seed, "sale")
    seen = [stream.money("100.00", "900.00"), stream.whole(120, 980)]
    stream.one_of(["a", "b"]), stream.whole(100, 999)
    return [str(one) for one in (*seen, stream.money("10.00", "99.00"))]


def test_numbers_of_ones_own_are_read_off_the_notebook_and_nothing_is_run():
    (task,) = own_numbers([("sale-numbers", NUMBERS), ("broken", "mine = variant('x'"), ("other", "print(1)")])
    assert [str(value) for value in task.of("seed")] == expected("seed")
    assert own_numbers([("bad", "import os\nmine = variant('x')\nos.system('false')\n")]) == []


def test_anothers_numbers_are_a_sign_whoever_typed_or_shows_them():
    tasks = own_numbers([("sale-numbers", NUMBERS)])
    seeds = {"ann": "1", "bob": "2", "eve": "3"}
    shown = {name: {"sale-numbers": " ".join(expected(seed))} for name, seed in seeds.items()}
    assert signs(tasks, seeds, shown, {}, "") == [], "everybody has their own"
    shown["bob"]["sale-numbers"] = " ".join(expected("1"))
    (sign,) = signs(tasks, seeds, shown, {}, "")
    assert (sign.kind, sign.holder, sign.owner) == ("shown", "bob", "ann")
    typed = {"eve": "answer = Decimal('{}') * {}".format(*expected("1"))}
    found = signs(tasks, seeds, {}, typed, "")
    assert [(sign.kind, sign.holder, sign.owner) for sign in found] == [("typed", "eve", "ann")]
    assert signs(tasks, seeds, {}, typed, " ".join(expected("1"))) == [], "what everybody was given"
    assert signs(tasks, seeds, {}, {"eve": f"answer = {expected('1')[0]}"}, "") == [], "one number may be chance"


def test_a_number_that_is_ones_own_too_is_no_sign():
    cell = "mine = variant('same')\nfirst, second = mine.whole(123, 123), mine.whole(457, 457)"
    tasks = own_numbers([("cell", cell)])
    assert signs(tasks, {"ann": "1", "bob": "2"}, {}, {"bob": "answer = 123 * 457"}, "") == []
