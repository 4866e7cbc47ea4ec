"""What the facilitator sees before the room does, and what the room sees after that."""

import re

import pytest

from tests.facilitator.session import Lead, code_of
from tests.facilitator.visitor import words_of

SKY = [*[{"pick": "fog"}] * 3, *[{"pick": "drizzle"}] * 4, None, None]
CLOSING = [
    {"word": word, "safe": safe}
    for word, safe in [("lighter", 5), ("lighter", 4), ("tired", 4), ("tired", 2), ("ready", 1)]
]
TOO_FEW = "Not enough answers to show safely. Let's talk instead."


def tally(html: str) -> dict[str, int]:
    """The table that stands beside a picture."""
    rows = re.findall(r'<th scope="row">([^<]+)</th>\s*<td class="n">(\d+)</td>', html)
    return {name.strip(): int(count) for name, count in rows}


def test_an_open_round_shows_nothing_to_anybody(lead: Lead) -> None:
    lead.puts("weather")
    for command in ("preview", "release"):
        reply = lead.does(f"rounds/1/{command}", form="full")
        assert code_of(reply) == (409, "closed")
        assert "still open" in reply.json()["error"]["message"]
    assert lead.last()["release"] is None


def test_a_preview_is_for_the_facilitator_alone(lead: Lead) -> None:
    number = lead.collects("weather", SKY)
    assert "answered" not in words_of(lead.regions()["counts"])
    made = lead.does(f"rounds/{number}/preview").json()["rounds"][0]
    assert made["release"] == {"state": "review", "form": "full"}
    assert made["given"] == 9
    console = lead.regions()
    assert tally(console["now"]) == {"fog": 3, "drizzle": 4} | dict.fromkeys(
        set(tally(console["now"])) - {"fog", "drizzle"}, 0
    )
    assert "answered 7 passed 2" in words_of(console["counts"])
    assert lead.regions("screen")["results"] == ""
    assert lead.does(f"rounds/{number}/preview").json()["rounds"][0] == made


def test_the_three_forms_and_back(lead: Lead) -> None:
    number = lead.collects("weather", SKY)
    for form in ("full", "soft", "words", "full"):
        last = lead.does(f"rounds/{number}/release", form=form).json()["rounds"][0]
        assert last["release"] == {"state": "shown", "form": form}
        results = lead.regions("screen")["results"]
        assert f'data-form="{form}"' in results
        assert ("fog" in results, "7 people" in results) == (True, form != "words")
    assert lead.does(f"rounds/{number}/release", form="full").json()["rounds"][0] == last
    for _ in range(2):
        hidden = lead.does(f"rounds/{number}/release/delete").json()["rounds"][0]["release"]
        assert hidden["state"] == "review"
    assert lead.regions("screen")["results"] == ""


def test_the_screen_never_says_who_passed(lead: Lead) -> None:
    number = lead.collects("weather", SKY)
    lead.does(f"rounds/{number}/release", form="full")
    screen = words_of(" ".join(lead.regions("screen").values()))
    assert "7 answered" in screen
    assert "passed" not in screen
    assert "9" not in re.sub(r"\b[\w.:]*:\d+\b|\b\w{4} \w{4}\b", "", screen)


@pytest.mark.parametrize("form", ["", "loud", "Full"])
def test_a_form_that_is_none_is_refused(lead: Lead, form: str) -> None:
    number = lead.collects("weather", SKY)
    reply = lead.does(f"rounds/{number}/release", form=form)
    assert (code_of(reply), reply.json()["error"]["field"]) == ((422, "invalid"), "form")
    assert lead.last()["release"] is None


def test_too_few_answers_are_held_from_the_facilitator_too(lead: Lead) -> None:
    number = lead.collects("weather", [{"pick": "fog"}, {"pick": "fog"}, None, None, None])
    assert lead.does(f"rounds/{number}/preview").json()["rounds"][0]["release"]["state"] == "held"
    console = lead.regions()
    assert TOO_FEW in words_of(console["now"])
    assert "5 responded. Closed." in words_of(console["counts"])
    assert "passed" not in words_of(console["counts"])
    assert "fog" not in console["now"]
    assert TOO_FEW in words_of(lead.regions("screen")["results"])
    assert "What do we notice about our sky today?" in words_of(lead.regions("screen")["results"])
    assert code_of(lead.does(f"rounds/{number}/release", form="full")) == (409, "closed")
    page = lead.presses(f"rounds/{number}/release", form="words")
    assert TOO_FEW in words_of(page.text)
    again = lead.does(f"rounds/{number}/closure/delete").json()["rounds"][0]
    assert (again["state"], again["release"], again["given"]) == ("open", None, 5)


def test_what_is_for_the_facilitator_alone_never_reaches_the_screen(lead: Lead) -> None:
    number = lead.collects("closing", CLOSING)
    lead.does(f"rounds/{number}/release", form="full")
    assert "I felt safe enough today" in words_of(lead.regions()["now"])
    screen = words_of(" ".join(lead.regions("screen").values()))
    assert "lighter" in screen
    assert "safe" not in screen


def test_the_console_is_told_when_somebody_did_not_feel_safe(lead: Lead) -> None:
    number = lead.collects("closing", CLOSING)
    lead.does(f"rounds/{number}/preview")
    assert "data-noticed" in lead.regions()["now"]


def test_marks_are_shown_before_the_room_sees_it(lead: Lead) -> None:
    number = lead.collects("weather", [{"pick": "fog"}] * 5)
    lead.does(f"rounds/{number}/preview")
    assert 'data-mark="same"' in lead.regions()["now"]
    lead.does(f"rounds/{number}/release", form="full")
    assert "data-mark" not in lead.regions()["now"]
    assert "data-mark" not in lead.regions("screen")["results"]


def test_put_again_with_too_small_a_difference_is_drawn_soft_and_says_why(lead: Lead) -> None:
    first = lead.collects("weather", SKY)
    lead.does(f"rounds/{first}/release", form="full")
    second = lead.collects("weather", [{"pick": "fog"}] * 7)
    lead.does(f"rounds/{second}/preview")
    now = lead.regions()["now"]
    assert "so that nobody can be found by comparing the two" in words_of(now)
    assert 'data-form="soft"' in now


def test_a_step_that_collects_nothing_has_nothing_to_look_at(lead: Lead) -> None:
    lead.puts("slide")
    lead.does("rounds/1/closure")
    assert code_of(lead.does("rounds/1/preview")) == (409, "closed")
    assert "nothing to look at" in words_of(lead.regions()["now"])
