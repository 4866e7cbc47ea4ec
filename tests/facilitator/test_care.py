"""What a facilitator tells people: the terms of a room, words to everybody, a note to follow up."""

import pytest

from attune import access, following_up
from attune.db import transaction
from attune.errors import Conflict, Invalid
from tests.facilitator.session import Lead
from tests.house import House, Prompt
from tests.participant.phone import words_of


def test_the_terms_are_changed_on_a_page_and_what_does_not_fit_is_said_there(lead: Lead) -> None:
    page = lead.opens(f"{lead.path}/terms").text
    assert "What nobody can change" in words_of(page)
    refused = lead.posts(f"{lead.path}/terms", {"help_text": "", "called": "Ms Marsh"}, {})
    assert refused.status_code == 422
    assert "Help right now: Please write something here." in words_of(refused.text)
    assert 'value="Ms Marsh"' in refused.text
    longer = lead.does("terms", keep_days=365)
    assert (longer.status_code, longer.json()["error"]["field"]) == (422, "keep_days")
    kept = lead.does("terms", called="Ms Marsh", help_text="Room 12.").json()
    assert (kept["called"], kept["help_text"]) == ("Ms Marsh", "Room 12.")


def test_ready_words_are_in_the_room_s_language_and_end_with_who_helps(lead: Lead) -> None:
    lead.does("terms", help_text="Room 12.")
    page = words_of(lead.opens(f"{lead.path}/announcement?words=somebody-wrote").text)
    assert "Someone wrote something that matters" in page
    assert "get help here: Room 12." in page
    assert lead.does("announcement", text=" ").status_code == 422
    assert lead.does("announcement", text="a" * 1001).status_code == 422
    assert lead.does("announcement", text="Come to me.").json() == {"text": "Come to me."}
    assert "Come to me." in lead.opens(f"{lead.path}/announcement").text
    assert "On phones now" in words_of(lead.regions()["people"])
    assert lead.does("announcement/delete").json() == {"text": ""}


def test_a_note_for_follow_up_keeps_the_exact_words_once_and_only_with_a_reason(
    house: House,
) -> None:
    room = house.room(Prompt("words", {}), k=3)
    number = room.puts()
    for person, word in zip(room.joins(3), ("calm", "I cannot go on", "fine"), strict=True):
        room.gives(person, number, {"words": [word]})
    room.closes(number)
    room.previews(number)

    def notes_it(**sent: str) -> str:
        with transaction():
            mine, round = access.round_for(room.lead_id, room.ref, number)
            return following_up.note(mine, round, room.lead_id, **sent).text

    assert "I spoke to everybody." in notes_it(text="I spoke to everybody.")
    with pytest.raises(Invalid, match="Say why"):
        notes_it(text="Duty.", words="I cannot go on")
    with pytest.raises(Conflict):
        notes_it(text="Duty.", words="never written", reason="Duty.")
    text = notes_it(text="Told the head.", words="I cannot go on", reason="Duty of the school.")
    assert text.startswith("20")
    for part in ("I spoke to everybody.", "“I cannot go on”", "Duty of the school.", "UTC"):
        assert part in text
    with pytest.raises(Invalid, match="once already"):
        notes_it(text="Again.", words="I cannot go on", reason="Again.")
    assert b"I cannot go on" not in house.bytes_on_disk()
