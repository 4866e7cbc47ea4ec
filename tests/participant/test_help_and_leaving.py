"""Help is one tap away on every page a participant may come to, and no page says where they are."""

import re
from collections.abc import Mapping

import pytest
import requests

from tests.participant.conftest import NOTED, Site
from tests.participant.phone import Phone, state_of, words_of

OF_THE_SERVER = "call the emergency number of the place where you are"
OF_THE_ROOM = "Somebody near you."


def pages(site: Site) -> Mapping[str, requests.Response]:
    """Every page on a participant's way, by its name; those of a room begin with it."""
    room, ended = site.room(NOTED), site.room(NOTED)
    phone, gone, stranger = site.phone(room), site.phone(ended), Phone(site.url)
    found = {"room: lobby": phone.opens()}
    number = room.puts()
    found["room: asked"] = phone.opens()
    phone.passes(number)
    found["room: thanked"] = phone.opens()
    found["room: refused"] = phone.posts(f"/r/{room.ref}/rounds/{number}/answer")
    room.closes(number)
    found["room: closed"] = phone.opens()
    room.previews(number)
    found["room: held"] = phone.opens()
    site.sets_entry(room, "admit")
    found["room: at the door"] = site.phone(room).opens()
    found["room: consent"] = stranger.opens(f"/join/{site.code(room)}")
    ended.ends()
    found["room: ended"] = gone.opens()
    assert "Leave and clear this phone" in words_of(found["room: ended"].text)
    return found | {
        "code": stranger.opens("/"),
        "wrong code": stranger.opens("/join/BCDF-GHJK"),
        "no seat": stranger.opens(f"/r/{room.ref}"),
        "nowhere": stranger.opens("/nowhere"),
        "stranger's form": requests.post(f"{site.url}/join", timeout=10),
        "what we store": stranger.opens("/what-we-store"),
    }


def test_help_is_one_tap_away_on_every_page(site: Site) -> None:
    for name, page in pages(site).items():
        expected = OF_THE_ROOM if name.startswith("room") else OF_THE_SERVER
        assert expected in words_of(page.text), name


def test_no_page_says_in_its_title_where_somebody_is(site: Site) -> None:
    for name, page in pages(site).items():
        assert re.findall("<title>(.*?)</title>", page.text) == ["Attune"], name


@pytest.mark.parametrize("revise", [True, False])
def test_a_note_comes_before_the_question_and_sitting_out_can_be_undone(
    site: Site, *, revise: bool
) -> None:
    frame = {**NOTED.frame, "alternative": "Look out of the window.", "revise": revise}
    room = site.room(NOTED._replace(frame=frame))
    phone = site.phone(room)
    number = room.puts()
    page = phone.opens().text
    note, _, behind = page.partition('<details class="gate"')
    assert "This one asks about a hard moment." in note
    assert "Look out of the window." in note
    assert "Did it happen to you?" not in note
    assert "Did it happen to you?" in behind
    phone.passes(number)
    after = phone.opens().text
    assert state_of(after) == "passed"
    assert "Look out of the window." in words_of(after.partition('<div class="thanks"')[2])
    assert phone.gives(number, picks="a").status_code == 303
    assert state_of(phone.opens().text) == "given"
