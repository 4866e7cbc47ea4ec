"""The known attacks of A4 on PostgreSQL, in a file of its own: one house is open at a time."""

from pathlib import Path

from tests.house import House
from tests.promises.test_no_two_pictures_tell_one_answer import KNOWN, agreeing


def test_the_known_attacks_show_nothing_on_postgresql_too(
    postgres_url: str, tmp_path: Path
) -> None:
    with House(tmp_path, postgres_url).open() as house:
        for acts in KNOWN.values():
            agreeing(house, acts)
