"""Preparing: read a programme, copy it, look at its steps, open a room from it."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from attune import plans
from attune.frame import Frame
from attune.kinds import kind_of
from attune.plans import Outline, Outlined
from attune.programmes import all_programmes
from tests.facilitator.visitor import PASSWORD, Visitor, words_of
from tests.servers import AttuneServer

SLUG = "classroom-check-in"
PROGRAMME = all_programmes()[SLUG]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AttuneServer]:
    """A server at which Jo has made the first account, and added Mara."""
    server = AttuneServer(tmp_path_factory.mktemp("attune")).start()
    Visitor(server.url).sets_up(server.setup_link())
    add(server, "mara@rivermead.org", "Mara")
    yield server
    server.stop()


@pytest.fixture
def jo(place: AttuneServer) -> Visitor:
    return signed_in(place, "jo@rivermead.org")


@pytest.fixture
def mara(place: AttuneServer) -> Visitor:
    return signed_in(place, "mara@rivermead.org")


def signed_in(place: AttuneServer, email: str) -> Visitor:
    visitor = Visitor(place.url)
    assert visitor.signs_in(email).status_code == 303
    return visitor


def add(place: AttuneServer, email: str, name: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "attune.cli", "facilitator", "add", email, "--name", name],
        cwd=place.folder,
        env=place.environment,
        input=f"{PASSWORD}\n",
        text=True,
        capture_output=True,
        check=True,
        timeout=60,
    )


def copied(visitor: Visitor) -> str:
    """The path of a plan of one's own."""
    answer = visitor.sends(f"/programmes/{SLUG}/plans", page=f"/programmes/{SLUG}")
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_home_without_plans_says_what_to_do_next(place: AttuneServer) -> None:
    add(place, "new@rivermead.org", "Noor")
    noor = signed_in(place, "new@rivermead.org")
    home = noor.opens("/home").text
    assert "Choose a ready programme and read it" in words_of(home)
    assert 'href="/programmes"' in home
    assert "No plans yet." in words_of(noor.opens("/plans").text)
    copied(noor)
    assert "Choose a ready programme" not in words_of(noor.opens("/home").text)


def test_a_programme_is_read_whole_before_it_is_copied(jo: Visitor) -> None:
    assert PROGRAMME.title in words_of(jo.opens("/programmes").text)
    page = words_of(jo.opens(f"/programmes/{SLUG}").text)
    assert "7 steps, 20 minutes." in page
    for step in PROGRAMME.steps:
        assert step.frame.title in page
        assert step.frame.invitation in page
    assert PROGRAMME.before in page
    assert PROGRAMME.steps_if_short[0] in page


def test_each_step_is_shown_as_people_will_see_it(jo: Visitor) -> None:
    for position, step in enumerate(PROGRAMME.steps, 1):
        page = jo.opens(f"/programmes/{SLUG}/steps/{position}").text
        words = words_of(page)
        assert f"Step {position} of 7" in words
        assert step.frame.invitation in words
        assert "cannot be shown" not in words
        assert f'data-kind="{step.kind}"' in page
        for question in step.frame.discuss:
            assert question in words
        kind = kind_of(step.kind)
        names = re.findall(r'<(?:input|textarea)[^>]* name="([a-z0-9_.]+)"', page)
        asked = {name.split(".")[0] for name in names} - {"csrf_token"}
        assert asked <= kind.answer.model_fields.keys()
        assert bool(asked) == kind.asks(step.settings)
    assert jo.opens(f"/programmes/{SLUG}/steps/8").status_code == 404
    assert jo.opens("/programmes/no-such").status_code == 404


def test_a_preview_sends_nothing(jo: Visitor) -> None:
    page = jo.opens(f"/programmes/{SLUG}/steps/2").text
    assert 'form="give"' in page
    assert 'id="give"' not in page
    forms = re.findall(r'<form[^>]*action="([^"]*)"', page)
    assert forms == ["/sign-out"]


def test_a_copy_is_a_plan_of_ones_own(jo: Visitor) -> None:
    plan = jo.asks_for(copied(jo))
    assert plan.keys() == {"id", "title", "revision", "steps"}
    assert [step["kind"] for step in plan["steps"]] == [step.kind for step in PROGRAMME.steps]
    for given, step in zip(plan["steps"], PROGRAMME.steps, strict=True):
        assert given["title"] == step.frame.title
        assert given["settings"] == step.settings.model_dump(mode="json")
        assert given["minutes"] == step.frame.minutes
        assert given["reveal"] == step.frame.reveal
        assert given["min_people"] is None
        assert given["k"] == 4
    assert len({step["id"] for step in plan["steps"]}) == 7


def test_two_copies_can_be_told_apart(mara: Visitor) -> None:
    titles = [mara.asks_for(copied(mara))["title"] for _ in range(3)]
    assert titles == [PROGRAMME.title, f"{PROGRAMME.title} (2)", f"{PROGRAMME.title} (3)"]


def test_the_plan_says_how_long_it_takes_and_what_each_step_needs(jo: Visitor) -> None:
    path = copied(jo)
    page = words_of(jo.opens(path).text)
    assert "7 steps, 20 minutes, 4 of them for talk" in page
    assert "Shown from 4 answers" in page
    assert "Nothing to answer" in page
    assert PROGRAMME.before in page
    assert "settles people before it goes deep" in page
    step = words_of(jo.opens(f"{path}/steps/3").text)
    assert "Do not guess whose dot it is." in step
    assert f'href="{path}"' in jo.opens(f"{path}/steps/3").text


def test_a_plan_belongs_to_one_facilitator(jo: Visitor, mara: Visitor) -> None:
    path = copied(jo)
    for way in (path, f"{path}/steps/1"):
        assert mara.opens(way).status_code == 404
    assert mara.opens(path, Accept="application/json").status_code == 404
    sent = mara.sends(f"{path}/rooms", page="/plans", title="Mine now", entry="open")
    assert sent.status_code == 404
    assert f'href="{path}"' not in mara.opens("/plans").text


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999999999999", "2147483648"])
def test_a_plan_that_cannot_be_is_not_there(jo: Visitor, number: str) -> None:
    assert jo.opens(f"/plans/{number}").status_code == 404


@pytest.mark.parametrize("entry", ["open", "admit", "locked"])
def test_a_room_opens_with_the_door_as_chosen(jo: Visitor, entry: str) -> None:
    path = copied(jo)
    opened = jo.sends(f"{path}/rooms", page=path, title="Year 9, Tuesday", entry=entry)
    assert opened.status_code == 303
    room = jo.asks_for(opened.headers["Location"])
    assert (room["state"], room["entry"], room["k"]) == ("lobby", entry, 4)
    home = words_of(jo.opens("/home").text)
    assert "Open now Year 9, Tuesday" in home
    assert "Back to the console" in home


def test_a_room_without_a_name_is_explained_and_nothing_is_lost(jo: Visitor) -> None:
    path = copied(jo)
    before = jo.opens("/home").text.count("Open now")
    refused = jo.sends(f"{path}/rooms", page=path, title="  ", entry="admit")
    assert refused.status_code == 422
    assert 'aria-describedby="f-title-error"' in refused.text
    assert re.search(r'value="admit" checked', refused.text)
    strange = jo.sends(f"{path}/rooms", page=path, title="Year 9", entry="ajar")
    assert strange.status_code == 422
    assert 'value="Year 9"' in strange.text
    assert 'id="f-entry-error"' in strange.text
    assert jo.opens("/home").text.count("Open now") == before


def outlined(position: int, phase: str, **frame: object) -> Outlined:
    kind = kind_of("choice")
    of = Frame.model_validate({"title": f"Step {position}", "phase": phase, **frame})
    return Outlined(position, of, kind, kind.example, k=4)


def test_a_plan_is_looked_through_for_what_a_skilled_facilitator_would_change() -> None:
    deep = outlined(1, "repair")
    calm, end = outlined(2, "ground"), outlined(3, "close")
    rash = plans.Outline("Rash", (deep, calm)).cautions
    assert [str(caution) for caution in rash] == [
        "“Step 1” goes deep before anything settles people. Put a calm step before it.",
        "Nothing brings people back at the end. Add a step to close with.",
    ]
    assert Outline("Kind", (calm, outlined(3, "repair"), end)).cautions == []


def test_a_step_whose_exercise_is_gone_is_named_and_does_not_hide_the_rest() -> None:
    gone = Outline("Old", (outlined(1, "ground"), outlined(2, "close")), gone=("Drumming",))
    assert "“Drumming” cannot be shown" in str(gone.cautions[0])


def test_what_a_step_needs_is_what_its_prompt_says() -> None:
    assert outlined(1, "explore").need == 4
    assert outlined(1, "explore", tender=True).need == 5
    assert outlined(1, "explore", min_people=8).need == 8
