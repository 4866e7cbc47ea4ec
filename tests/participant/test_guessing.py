"""Guessing codes: slowed down by address, without a word to honest people on the same one."""

from tests.participant.conftest import Site
from tests.participant.phone import Phone


def test_an_address_that_guesses_has_to_wait_and_honest_people_do_not(site: Site) -> None:
    room = site.room()
    replies = [Phone(site.url).opens("/join/BCDF-GHJK").status_code for _ in range(122)]
    assert replies[:120] == [404] * 120
    assert replies[-1] == 429
    assert site.phone(room).has_seat
