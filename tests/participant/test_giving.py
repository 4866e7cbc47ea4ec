"""Giving, changing, passing and taking back with script off, and what is said to a program."""

import json
from random import Random
from typing import Any

import pytest

from attune.kinds import kinds
from tests.house import Prompt, some_answer
from tests.participant.conftest import CHOICE, NOTED, WEATHER, Site
from tests.participant.phone import regions_of, state_of, versions_of, words_of


def test_an_answer_is_given_changed_taken_back_and_passed_by_plain_forms(site: Site) -> None:
    room = site.room()
    phone = site.phone(room)
    number = room.puts()
    given = phone.gives(number, pick="fog", word="Slow")
    assert (given.status_code, given.headers["Location"]) == (303, f"/r/{room.ref}")
    page = phone.opens().text
    assert state_of(page) == "given"
    assert 'value="Slow"' in page
    assert phone.mine == {"1": {"pass": False, "answer": {"pick": "fog", "word": "Slow"}}}

    change = phone.opens(f"/r/{room.ref}?change=1").text
    assert state_of(change) == "none"
    phone.gives(number, change, pick="wind")
    assert phone.mine["1"]["answer"] == {"pick": "wind"}
    assert room.given(number) == 1

    assert phone.takes_back(number).status_code == 303
    assert phone.mine == {}
    assert state_of(phone.opens().text) == "none"
    assert room.given(number) == 0

    phone.passes(number)
    assert state_of(phone.opens().text) == "passed"
    assert room.given(number) == 1


def test_a_pass_and_an_answer_lead_to_the_same_page(site: Site) -> None:
    room = site.room()
    giver, passer = site.phones(room, 2)
    number = room.puts()
    giver.gives(number, pick="fog")
    passer.passes(number)
    stages = [regions_of(phone.opens().text)["stage"] for phone in (giver, passer)]
    own = " checked />"
    assert stages[0].replace(own, " />").split() == stages[1].split()


def test_two_people_see_the_same_to_the_byte(site: Site) -> None:
    room = site.room(WEATHER, CHOICE, NOTED, k=3)
    phones = site.phones(room, 5)

    def all_see_the_same() -> None:
        for phone in phones:
            phone.opens()
        drawn: dict[tuple[str, int], str] = {}
        for phone in phones:
            for region in phone.opens(f"/r/{room.ref}/regions").json()["regions"]:
                place = (region["id"], region["v"])
                assert drawn.setdefault(place, region["html"]) == region["html"], place
        for phone in phones:
            page = phone.opens().text
            at = versions_of(page)
            for name, html in regions_of(page).items():
                pushed = drawn.setdefault((name, at[name]), html)
                assert html.startswith(pushed) or pushed.startswith(html), name

    all_see_the_same()
    for step in (0, 1, 2):
        number = room.puts(step)
        all_see_the_same()
        for phone in phones[1:]:
            phone.passes(number)
        phones[0].passes(number)
        all_see_the_same()
        room.closes(number)
        all_see_the_same()
        room.previews(number)
        all_see_the_same()


def test_what_is_mine_is_on_my_own_page_and_in_no_push(site: Site) -> None:
    """The comparison of the test before does find a region that is personal: one's own page."""
    room = site.room()
    phones = site.phones(room, 2)
    number = room.puts()
    phones[0].gives(number, pick="fog", word="Marked")
    own, other = (regions_of(phone.opens().text)["stage"] for phone in phones)
    assert own != other
    assert "Marked" in own
    assert "Marked" not in other
    for phone in phones:
        assert "Marked" not in phone.opens(f"/r/{room.ref}/regions").text


def test_a_shown_result_is_on_every_phone_and_one_that_is_not_on_none(site: Site) -> None:
    room = site.room(k=3)
    phones = site.phones(room, 4)
    number = room.puts()
    for phone, pick in zip(phones, ("fog", "fog", "wind", "storm"), strict=True):
        phone.gives(number, pick=pick)
    room.closes(number)
    assert "Jo will show this when the time is right." in words_of(phones[0].opens().text)
    room.previews(number)
    assert "What the room said" not in phones[0].opens().text
    room.shows(number)
    seen = words_of(phones[0].opens().text)
    assert "What the room said" in seen
    assert "4 people answered." in seen
    room.hides(number)
    assert "What the room said" not in phones[0].opens().text


def test_too_few_answers_are_held_and_the_room_talks(site: Site) -> None:
    room = site.room()
    phone = site.phone(room)
    number = room.puts()
    phone.gives(number, pick="fog")
    room.closes(number)
    room.previews(number)
    assert "Not enough answers to show safely. Let's talk instead." in words_of(phone.opens().text)


def test_what_does_not_fit_is_said_and_stays_typed(site: Site) -> None:
    room = site.room()
    phone = site.phone(room)
    number = room.puts()
    refused = phone.gives(number, pick="fog", word="w" * 60)
    assert refused.status_code == 422
    assert "Shorten this by" in words_of(refused.text)
    assert f'value="{"w" * 60}"' in refused.text
    assert 'value="fog" form="give" checked' in refused.text
    assert state_of(refused.text) == "none"
    assert phone.mine == {}


def test_who_is_late_hears_so_and_can_copy_their_words(site: Site) -> None:
    room = site.room()
    phone = site.phone(room)
    number = room.puts(1)
    page = phone.opens().text
    room.closes(number)
    late = phone.gives(number, page, other="a walk by <the> river")
    assert late.status_code == 409
    assert "This one has closed." in words_of(late.text)
    assert "a walk by &lt;the&gt; river" in late.text
    room.puts(0)
    later = phone.gives(number, page, other="a walk by the river")
    assert later.status_code == 409
    assert "a walk by the river" in words_of(later.text)


def test_a_page_that_lay_open_for_too_long_loses_no_words(site: Site) -> None:
    room = site.room()
    phone = site.phone(room)
    number = room.puts()
    old = phone.gives(number, pick="fog", word="Slow", csrf_token="long-gone")
    assert old.status_code == 400
    assert 'value="Slow"' in old.text
    assert phone.mine == {}


def test_a_flood_from_one_phone_is_slowed_down_and_its_words_stay(site: Site) -> None:
    room = site.room()
    phone, other = site.phones(room, 2)
    number = room.puts()
    page = phone.opens().text
    replies = [phone.gives(number, page, pick="fog", word="Slow") for _ in range(11)]
    assert [reply.status_code for reply in replies] == [303] * 10 + [429]
    assert replies[-1].headers["Retry-After"]
    assert 'value="Slow"' in replies[-1].text
    assert other.gives(number, pick="wind").status_code == 303


def test_the_same_form_sent_twice_changes_nothing(site: Site) -> None:
    room = site.room()
    phone = site.phone(room)
    number = room.puts()
    idem = "0" * 32
    for _ in range(2):
        reply = phone.sends(
            f"/r/{room.ref}/rounds/{number}/answer", {"idem": idem, "answer": {"pick": "fog"}}
        )
        assert reply.json() == {"ok": True, "ver": 1}
    changed = phone.sends(
        f"/r/{room.ref}/rounds/{number}/answer", {"idem": idem, "answer": {"pick": "wind"}}
    )
    assert changed.json() == {"ok": True, "ver": 2}
    as_text = phone.gives(number, answer=json.dumps({"pick": "still"}))
    assert as_text.status_code == 303
    assert phone.mine["1"]["answer"] == {"pick": "still"}


@pytest.mark.parametrize(
    ("number", "body", "status", "code"),
    [
        (1, {"answer": {"pick": "snow"}}, 422, "invalid"),
        (1, {"answer": None}, 422, "invalid"),
        (1, {"answer": {"pick": "fog"}, "idem": "short"}, 422, "invalid"),
        (1, {"answer": {"pick": "fog", "who": "me"}}, 422, "invalid"),
        (1, {"answer": {"word": "w" * 9_000}}, 413, "too_large"),
        (1, ["answer"], 422, "invalid"),
        (9, {"answer": {"pick": "fog"}}, 422, "invalid"),
    ],
)
def test_a_program_is_refused_in_the_protocols_words(
    site: Site, number: int, body: Any, status: int, code: str
) -> None:
    room = site.room()
    phone = site.phone(room)
    room.puts()
    sent = {"idem": "a" * 32} | body if isinstance(body, dict) else body
    reply = phone.sends(f"/r/{room.ref}/rounds/{number}/answer", sent)
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)


def test_json_without_an_end_is_refused_and_not_a_fault(site: Site) -> None:
    room = site.room()
    phone = site.phone(room)
    number = room.puts()
    deep = "[" * 15_000
    assert phone.gives(number, answer=deep).status_code == 422
    assert "Traceback" not in site.server.log_text()
    assert '"error"' not in site.server.log_text()


def test_every_kind_is_answered_by_what_its_page_offers(site: Site) -> None:
    """An answer of each kind, flattened to form fields, is read as what it was."""
    prompts = [
        Prompt(name, json.loads(kind.example.model_dump_json()), {"title": f"About {name}"})
        for name, kind in kinds().items()
        if kind.asks(kind.example)
    ]
    room = site.room(*prompts)
    for step, prompt in enumerate(prompts):
        number = room.puts(step)
        phone = site.phone(room)  # one alone would give too fast
        answer = some_answer(prompt, Random(step))
        page = phone.opens().text
        fields = dict(_flat(answer))
        assert all(f'name="{name}"' in page for name in fields), (prompt.kind, fields)
        assert phone.gives(number, page, **fields).status_code == 303
        assert phone.mine[str(number)]["answer"] == answer


def test_a_content_note_stands_before_the_question_and_offers_two_equal_choices(
    site: Site,
) -> None:
    room = site.room(NOTED)
    phone = site.phone(room)
    number = room.puts()
    stage = regions_of(phone.opens().text)["stage"]
    ask = stage[: stage.index('class="thanks"')]
    assert ask.index("This one asks about a hard moment.") < ask.index("<details")
    assert ask.index("<details") < ask.index("Did it happen to you?")
    phone.passes(number)
    assert state_of(phone.opens().text) == "passed"


def _flat(value: Any, path: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [
            pair
            for name, part in value.items()
            for pair in _flat(part, f"{path}.{name}" if path else name)
        ]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [pair for place, row in enumerate(value) for pair in _flat(row, f"{path}.{place}")]
    if isinstance(value, bool):
        return [(path, "true" if value else "false")]
    return [(path, value)]
