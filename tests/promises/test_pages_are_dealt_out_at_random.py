"""Closing a round takes new pages for long answers, and from which ones nobody can work out.

A long answer ends on a page of its own. When the rows are written anew, pages go free and are taken
again by SQLite's rule, which is known: who has a copy of the file could turn it round, and read off
in which place each answer had come. So they go free in an order that is drawn by lot.
"""

from pathlib import Path

import pytest

from attune import rewriting
from attune.auditing.linking import copy_of
from attune.db import db, sweep
from tests.house import CLOSING, House

PEOPLE = 24


def ends_of(house: House) -> list[int]:
    """The pages on which answers end, by the number of the answer."""
    db.session.close()
    assert sweep()
    (answers,) = copy_of(house.folder / "attune.sqlite").answers.values()
    return [trace.overflow for trace in sorted(answers, key=lambda trace: trace.name)]


def taken(folder: Path) -> list[int | None]:
    """For each answer of a closed round whose page it has: the place by number of who had it."""
    folder.mkdir()
    with House(folder, f"sqlite:///{folder / 'attune.sqlite'}").open() as house:
        room = house.room(CLOSING)
        number = room.puts()
        for person in room.joins(PEOPLE):
            room.gives(person, number, {"word": "fog"})
        before = ends_of(house)
        room.closes(number)
        after = ends_of(house)
    return [before.index(page) if page in before else None for page in after]


def agreeing(tmp_path: Path) -> int:
    """In how many places two rooms agree about who takes over whose page."""
    one, other = taken(tmp_path / "one"), taken(tmp_path / "other")
    return sum(a == b for a, b in zip(one, other, strict=True) if a is not None)


def test_nobody_can_work_out_from_whom_a_page_was_taken_over(tmp_path: Path) -> None:
    agree = agreeing(tmp_path)
    print(f"pages of a closed round: two rooms agree in {agree} of {PEOPLE} places; by chance 1")
    assert agree < PEOPLE / 3


def test_where_rows_go_in_the_order_of_numbers_it_can_be_worked_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewriting, "mixed", sorted)
    agree = agreeing(tmp_path)
    print(f"broken on purpose: they agree in {agree} of {PEOPLE} places")
    assert agree > PEOPLE / 3
