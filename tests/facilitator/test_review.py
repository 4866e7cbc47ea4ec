"""A wall from the first note to the numbers, over HTTP and without script."""

import json
import re
import secrets
from collections.abc import Sequence

import requests

from tests.facilitator.session import Lead, Phone, code_of
from tests.facilitator.visitor import words_of

NOTES = ["Anna shouted at me", "She made tea", "The radio on low", "He stayed", "I went quiet"]


def wall(lead: Lead, **settings: int) -> tuple[int, Sequence[Phone]]:
    """A wall with a note of each of five people, looked at and not shown."""
    asked = lead.does(
        "rounds", kind="wall", title="What helped?", seen=0, settings=json.dumps(settings)
    )
    assert asked.status_code == 200, asked.text
    phones = lead.phones(5)
    for phone, note in zip(phones, NOTES, strict=True):
        phone.gives(1, {"cards": [{"text": note}]})
    lead.does("rounds/1/closure", grace=0)
    lead.does("rounds/1/preview")
    return 1, phones


def buttons(page: str, label: str) -> list[dict[str, str]]:
    """The buttons whose name begins so, each by its attributes."""
    found = re.findall(r"<button([^>]*)>(.*?)</button>", page, re.DOTALL)
    return [
        dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        for attributes, text in found
        if (words_of(text).strip() or "").startswith(label) or f'aria-label="{label}' in attributes
    ]


def presses(who: Lead, button: dict[str, str]) -> requests.Response:
    fields = {button["name"]: button["value"]} if "name" in button else {}
    return who.posts(button["formaction"], fields, {})


def test_who_leads_reads_covers_groups_and_undoes_without_script(lead: Lead) -> None:
    wall(lead)
    console = lead.regions()["now"]
    (cover,) = [each for each in buttons(console, "Anna") if each["value"].startswith("cover:")]
    assert presses(lead, cover).status_code == 303
    (keep,) = buttons(lead.regions()["now"], "Keep back: He stayed")
    assert presses(lead, keep).status_code == 303
    ids = dict(re.findall(r'value="hide:(cards:\w+)"[^>]*aria-label="Keep back: ([^"]*)"', console))
    tea, radio = (next(id for id, text in ids.items() if text == each) for each in NOTES[1:3])
    theme = {"edit": "name:cards", "name": "Small things"}
    grouped = lead.posts(f"{lead.path}/rounds/1/release/edits", theme | {"card": [tea, radio]}, {})
    assert grouped.status_code == 303
    lead.does("rounds/1/release", form="full")
    for audience in ("screen", "console"):
        seen = lead.regions(audience)
        shown = words_of(
            seen["results" if audience == "screen" else "now"].partition("data-review")[0]
        )
        assert "••• shouted at me" in shown
        assert "Anna" not in shown
        assert "He stayed" not in shown
    assert "Small things" in lead.regions("screen")["results"]
    (undo,) = buttons(lead.regions()["now"], "Undo: put in a theme")
    presses(lead, undo)
    assert "Small things" not in lead.regions("screen")["results"]
    (undo,) = buttons(lead.regions()["now"], "Undo: keep back")
    presses(lead, undo)
    assert lead.does("rounds/1/release/edits", edit="shout:cards:x").status_code == 422


def test_the_screen_shows_some_notes_at_a_time_and_who_leads_turns_the_page(lead: Lead) -> None:
    wall(lead, page_size=4)
    lead.does("rounds/1/release", form="full")

    def on_screen() -> set[str]:
        seen = words_of(lead.regions("screen")["results"])
        return {note for note in NOTES if note in seen}

    first = on_screen()
    assert len(first) == 4
    assert "Page 1 of 2" in words_of(lead.regions("screen")["results"])
    (more,) = buttons(lead.regions()["now"], "More notes")
    assert presses(lead, more).status_code == 303
    assert on_screen() == set(NOTES) - first
    (earlier,) = buttons(lead.regions()["now"], "Earlier notes")
    presses(lead, earlier)
    assert on_screen() == first
    lead.does("rounds/1/release/page", to=99)
    assert on_screen() == set(NOTES) - first


def test_phones_mark_what_is_true_for_them_too_by_plain_forms(lead: Lead) -> None:
    number, phones = wall(lead, max_resonates=1)
    assert lead.does("rounds/1/progress", to=1).status_code == 409
    lead.does("rounds/1/release", form="full")
    assert not buttons(phones[0].opens(phones[0].path).text, "True for me too")
    (begin,) = buttons(lead.regions()["now"], "True for me too")
    presses(lead, begin)
    ids = dict(
        re.findall(
            r'<p class="said">([^<]*)</p>.*?value="(\w+)"',
            phones[0].opens(phones[0].path).text,
            re.DOTALL,
        )
    )
    mark = {"card": ids[NOTES[1]], "idem": secrets.token_hex(16)}
    for phone in (*phones[2:], phones[0]):
        path = f"{phone.path}/rounds/{number}/resonances"
        reply = phone.posts(path, mark | {"idem": secrets.token_hex(16)}, {})
        assert reply.status_code == 303, reply.text
        page = phone.opens(phone.path).text
        assert page.count('aria-pressed="true"') == 1
        assert "resonances/delete" in page
    own = phones[1].posts(f"{phones[1].path}/rounds/1/resonances", mark, {})
    assert own.status_code == 404
    assert "You wrote this one" in words_of(own.text)
    assert "What helped?" in own.text, "the page stays, with what is on it"
    more = {"card": ids[NOTES[3]], "idem": secrets.token_hex(16)}
    assert code_of(phones[0].posts(f"{phones[0].path}/rounds/1/resonances", more)) == (
        422,
        "invalid",
    )
    (stop,) = buttons(lead.regions()["now"], "Stop and count")
    presses(lead, stop)
    assert "True for 4 others" in words_of(lead.regions()["now"])
    assert "True for 4 others" not in words_of(lead.regions("screen")["results"])
    (show,) = buttons(lead.regions()["now"], "Show how many others")
    presses(lead, show)
    assert "True for 4 others" in words_of(lead.regions("screen")["results"])
    assert "True for 4 others" in words_of(phones[1].opens(phones[1].path).text)
