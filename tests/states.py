"""Every state that a page of Attune can be in, once: page x role x room x round x release.

Whoever looks at pages (axe, screenshots) takes them from here, so that a page is never looked at
in its best state alone. A scene is a room that was really brought there over HTTP; several views
look at the same one, so it is brought once for a server. No view may change its scene.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, Page

from attune.kinds import kind_of
from tests.journeys.pages import Place, Prompt, Room, Seated
from tests.kinds.cases import SETTINGS
from tests.rehearsals import Rehearsal

# Who looks: somebody without a seat, a phone that has not answered, one that has given, one that
# has passed, and the facilitator at the console, the screen or the pages around a room.
View = Literal["anyone", "phone", "given", "passed", "console", "screen", "desk"]
IN_A_ROOM: tuple[View, ...] = ("phone", "console", "screen")
TALK = {"discuss": ["What do we notice?", "What would help the room today?"]}
LONG = {
    "title": "What would you like somebody who leads this group to know before it begins?",
    "invitation": "There is no wrong answer. Take the time you need, and write only what is okay.",
}
FRAMES: dict[str, dict[str, Any]] = {
    "slide": {"title": "Good to see you", "phase": "arrive", "invitation": "Take a moment."},
    "weather": {"title": "What is the weather in you?", "phase": "arrive"} | TALK,
    "affect": {"title": "Energy and mood"} | TALK,
    "breath": {"title": "One quiet minute", "phase": "ground"},
    "choice": LONG | TALK,
    "pairs": {"title": "Shoulder partner", "phase": "discuss"},
    "closing": {"title": "Ready to go", "phase": "close"},
}


@dataclass(frozen=True)
class Brought:
    """A room in its state, and a phone of each sort in it."""

    room: Room
    phones: Mapping[str, Seated] = field(default_factory=dict)
    url: str = ""  # of the server it is at, where that is one of its own
    ends: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class State:
    """One page in one state. `path` has {ref}, {code}, {plan} and {step} to fill in."""

    name: str
    view: View
    path: str
    room: str = ""
    round: str = ""
    release: str = ""
    bring: Callable[[Place], Brought] | None = None
    does: Callable[[Page], None] | None = None

    @property
    def is_live(self) -> bool:
        return self.view in ("phone", "given", "passed", "console", "screen") and (
            self.room in ("lobby", "live")
        )


# --- scenes -----------------------------------------------------------------------------------


# The settings of a kind that are looked at: those that ask for the most.
FULLEST = {"breath": 1, "slide": 1}


def prompt(kind: str, which: int | None = None, **frame: Any) -> Prompt:
    settings = SETTINGS[kind][FULLEST.get(kind, -1) if which is None else which]
    return Prompt(kind, settings, {"title": kind.title(), **FRAMES.get(kind, {}), **frame})


def lobby(place: Place, *prompts: Prompt, people: int = 0, **options: Any) -> Brought:
    steps = prompts or tuple(prompt(kind) for kind in FRAMES)
    room = place.room(*steps, title="Year 9, Tuesday morning", **options)
    phones = dict(zip(("phone", "given", "passed"), room.people(3), strict=True))
    room.people(people)
    return Brought(room, phones)


def opened(place: Place, *prompts: Prompt, **options: Any) -> Brought:
    """A first round, which one has answered and one has passed."""
    brought = lobby(place, *prompts, **options)
    number = brought.room.puts_step()
    kind = kind_of(prompts[0].kind)
    if kind.asks(kind.read_settings(dict(prompts[0].settings))):
        brought.room.some_give([brought.phones["given"]], number)
        brought.phones["passed"].passes(number)
    return brought


def answered(place: Place, step: Prompt, people: int = 5) -> Brought:
    """A closed round that many have answered."""
    brought = opened(place, step, prompt("closing"))
    brought.room.some_give(brought.room.people(people), 1)
    brought.room.closes(1)
    return brought


def in_form(form: str, kind: str, **frame: Any) -> Callable[[Place], Brought]:
    def bring(place: Place) -> Brought:
        brought = answered(place, prompt(kind, **frame))
        brought.room.previews(1)
        if form != "review":
            brought.room.shows(1, form, batch=1)
        return brought

    return bring


def compared(form: str, kind: str, which: int | None = None) -> Callable[[Place], Brought]:
    """A step that is compared with an earlier one. One has answered only once, two came late."""

    def bring(place: Place) -> Brought:
        before = prompt(kind, which, phase="ground")
        after = prompt(kind, which, title="And now?")._replace(pair_with=0)
        brought = lobby(place, before, after, prompt("closing"))
        first = brought.room.puts_step(0)
        if form == "first":
            return brought
        people = [brought.phones["given"], *brought.room.people(9)]
        brought.room.some_give(people, first)
        brought.room.closes(first)
        late = brought.room.people(2)
        second = brought.room.puts_step(1)
        brought.phones["passed"].passes(second)
        brought.room.some_give([*people[1:], *late], second, seed=8)
        if form != "second":
            brought.room.closes(second)
            brought.room.previews(second)
        if form in ("full", "soft", "words"):
            brought.room.shows(second, form)
        return brought

    return bring


def held(place: Place) -> Brought:
    brought = opened(place, prompt("weather"), prompt("closing"))
    brought.room.closes(1)
    brought.room.previews(1)
    return brought


def choosing(place: Place) -> Brought:
    return opened(place, prompt("choice"), prompt("closing"))


def closing(place: Place) -> Brought:
    """Which it is for a minute only, so its views stand together."""
    brought = opened(place, prompt("choice"))
    brought.room.closes(1, grace=60)
    return brought


def live_words(upto: str) -> Callable[[Place], Brought]:
    """Words that come while people answer, as far as this: open, review, shown, new or left."""

    def bring(place: Place) -> Brought:
        live = {"reveal": "live_batches", "review": "before_show", "title": "A word for today"}
        brought = lobby(place, Prompt("words", {"max_words": 1}, live | TALK), prompt("closing"))
        room = brought.room
        number = room.puts_step()
        brought.phones["passed"].passes(number)
        says(room, [brought.phones["given"]], number, "calm")
        if upto == "open":
            return brought
        says(room, room.people(4), number, "tired", "hopeful", "tired", "curious")
        room.reads(batch=1)
        if upto == "review":
            return brought
        room.shows(number, batch=1)
        if upto == "new":
            says(room, room.people(3), number, "warm", "worn out", "here")
            room.reads(batch=2)
        if upto == "left":
            says(room, room.people(2), number, "late", "later")
            room.closes(number)
            room.previews(number)
        return brought

    return bring


NOTES = ("She made tea", "He stayed", "I went quiet and nobody asked", "A walk", "The radio, low")


def wall(upto: str) -> Callable[[Place], Brought]:
    """Notes in two themes, one covered: marked by people now, or counted and shown."""

    def bring(place: Place) -> Brought:
        frame = {"title": "What helped you stay?"}
        brought = lobby(place, Prompt("wall", {}, frame), prompt("closing"))
        room, number = brought.room, brought.room.puts_step()
        people = [brought.phones["given"], *room.people(4)]
        for person, note in zip(people, NOTES, strict=True):
            person.gives(number, {"cards": [{"text": note}]})
        room.closes(number)
        room.previews(number)
        page = room.follows(room.path).text
        ids = re.findall(r'value="hide:(cards:\w+)"', page)
        theme = {"edit": "name:cards", "name": "Small things", "card": ids[:2]}
        room.must(f"rounds/{number}/release/edits", **theme)
        room.must(f"rounds/{number}/release/edits", edit=f"hide:{ids[4]}")
        room.shows(number)
        room.must(f"rounds/{number}/progress", to=1)
        card = ids[0].partition(":")[2]
        for person in room.people(4):
            person.marks(number, card)
        if upto == "counted":
            room.must(f"rounds/{number}/progress", to=2)
            room.must(f"rounds/{number}/release", act=1)
        return brought

    return bring


def questions(place: Place) -> Brought:
    """Open questions: some with the room, one talked about, one new and not let in."""
    live = {
        "reveal": "live_batches",
        "review": "before_show",
        "title": "What would you like to ask?",
    }
    brought = lobby(place, Prompt("questions", {}, live), prompt("weather"), prompt("closing"))
    room, number = brought.room, brought.room.puts_step()
    people = [brought.phones["given"], *room.people(3)]
    asked = (
        "What if I am the one who needs calming?",
        "Does this work by phone, too?",
        "Why do I get so tired afterwards?",
        "Is it okay to laugh?",
    )
    for person, question in zip(people, asked, strict=True):
        person.gives(number, {"asks": [question]})
    room.reads(batch=1)
    room.shows(number, batch=1)
    cards = room.cards()
    room.must(f"rounds/{number}/release/places", place=f"{cards[0]}:now")
    room.must(f"rounds/{number}/release/places", place=f"{cards[1]}:answered")
    room.must(f"rounds/{number}/release/pins", card=cards[2])
    return brought


def questions_beside(place: Place) -> Brought:
    brought = questions(place)
    room = brought.room
    room.puts_step(1)
    for person, question in zip(
        room.people(3), ("And at work?", "Who else?", "When?"), strict=True
    ):
        person.gives(1, {"asks": [question]})
    room.reads(batch=2)
    return brought


def says(room: Room, people: Sequence[Seated], number: int, *words: str) -> None:
    for person, word in zip(people, words, strict=True):
        person.gives(number, {"words": [word]})


def counted_by_hand(place: Place) -> Brought:
    """Shown, with raised hands in it."""
    brought = in_form("full", "choice")(place)
    options = brought.room.asks_for(f"{brought.room.path}/rounds/1/by-hand")["sections"][0]
    first, second = options["categories"][:2]
    brought.room.must(
        "rounds/1/by-hand", **{f"picks.{first}": 3, f"picks.{second}": 1, "picks.people": 4}
    )
    return brought


def taken_off(place: Place) -> Brought:
    brought = in_form("full", "weather")(place)
    brought.room.hides(1)
    return brought


def begun(place: Place) -> Brought:
    brought = lobby(place)
    brought.room.must("opening")
    return brought


def at_the_door(place: Place) -> Brought:
    brought = lobby(place)
    brought.room.must("entry", entry="admit")
    [waiting] = brought.room.people(1)
    return replace(brought, phones={**brought.phones, "phone": waiting})


def behind_a_note(place: Place) -> Brought:
    note: dict[str, Any] = {
        "content_note": "This one asks about a hard moment.",
        "alternative": "Or look out of the window for a while.",
    }
    return opened(place, prompt("choice", **note), prompt("closing"))


def spoken_to(place: Place) -> Brought:
    """Words to everybody, above an open question, and a line about what changed."""
    brought = choosing(place)
    brought.room.must("entry", entry="admit")
    brought.room.must("announcement", text="You are not in trouble. Come to me, or to room 12.")
    return brought


def leaves_the_help_out(page: Page) -> None:
    page.locator("[name=help_text]").fill("")
    page.get_by_role("button", name="Save").click()
    page.locator("[data-error]").first.wait_for()


def talking(place: Place) -> Brought:
    brought = opened(place, prompt("pairs"), prompt("closing"))
    brought.room.must("rounds/1/progress", to=1)
    return brought


def asked_in_between(place: Place) -> Brought:
    """A question that is in no plan, and notes on the one before."""
    brought = choosing(place)
    brought.room.must("notes", round=1, text="A long pause.\nThen it eased.", in_summary="yes")
    brought.room.must("notes", round=0, text="Slower next time.")
    brought.room.must("rounds", kind="words", title="What would help us now?", seen=1)
    return brought


def at_the_end(place: Place) -> Brought:
    """Something shown, something held, something seen by the facilitator alone."""
    brought = in_form("full", "weather")(place)
    room = brought.room
    room.must("notes", round=1, text="A long pause. Then it eased.", in_summary="yes")
    room.some_give(list(brought.phones.values()), room.puts_step(1))
    room.closes(2)
    room.previews(2)
    return brought


def ended(place: Place) -> Brought:
    brought = at_the_end(place)
    brought.room.ends()
    return brought


def watched(place: Place) -> Brought:
    """A question, and somebody at a console who would see what is said privately."""
    brought = choosing(place)
    return replace(brought, ends=brought.room.watches().closes)


def told(place: Place) -> Brought:
    """Something was said in each level, and one of them was seen and answered."""
    brought = watched(place)
    room, phones = brought.room, brought.phones
    phones["phone"].tells(2)
    phones["passed"].tells(3, "come_to_me", "Second row, by the window")
    seen = phones["given"].tells(1, "")
    room.must(f"signals/{seen}/acknowledgement")
    room.must(f"signals/{seen}/replies", ready="come")
    return brought


def paused(place: Place) -> Brought:
    brought = choosing(place)
    brought.room.must("pause")
    return brought


def stepped_away(place: Place) -> Brought:
    brought = choosing(place)
    brought.phones["phone"].steps_away()
    return brought


def rehearsing(place: Place, people: str = "8") -> Brought:
    """A server of its own, with people of its own."""
    going = Rehearsal(place.server.folder / f"rehearsal-{people}", "--people", people)
    return Brought(place.jo(), url=going.address(), ends=going.ends)


def rehearsing_with_three(place: Place) -> Brought:
    return rehearsing(place, "3")


# --- states -----------------------------------------------------------------------------------

PATHS: dict[View, str] = {
    "phone": "/r/{ref}",
    "given": "/r/{ref}",
    "passed": "/r/{ref}",
    "console": "/rooms/{ref}",
    "screen": "/rooms/{ref}/screen",
}


def seen(
    name: str,
    bring: Callable[[Place], Brought],
    views: tuple[View, ...] = IN_A_ROOM,
    **facts: Any,
) -> Iterator[State]:
    """One scene from several sides."""
    for view in views:
        yield State(f"{view}-{name}", view, PATHS[view], bring=bring, **facts)


def signs_in_wrongly(page: Page) -> None:
    page.get_by_label("Email").fill("jo@example.org")
    page.get_by_label("Password", exact=True).fill("not it at all")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").first.wait_for()


def forgets_the_password(page: Page) -> None:
    page.get_by_label("The password you have now").fill("not it at all")
    page.get_by_label("The new one").fill("another way in")
    page.get_by_role("button", name="Change it").click()
    page.locator("[data-error]").wait_for()


def leaves_the_title_empty(page: Page) -> None:
    page.locator("#open [name=title]").evaluate("each => { each.required = false }")
    page.locator("#open [name=title]").fill("")
    page.get_by_role("button", name="Open the room").click()
    page.locator("[data-error]").wait_for()


def asks_for_keys(page: Page) -> None:
    page.get_by_role("button", name="Keys").click()


def asks_something(page: Page) -> None:
    """The dialog, with a kind that needs more than the question."""
    page.keyboard.press("q")
    page.get_by_role("radio", name="Pick one or several").check(force=True)


def asks_and_forgets_the_options(page: Page) -> None:
    page.get_by_label("What you ask").fill("What would help?")
    page.get_by_role("radio", name="Pick one or several").check(force=True)
    page.get_by_role("button", name="Put it to the room").click()
    page.locator("[data-error]").wait_for()


def counts_wrongly(page: Page) -> None:
    page.locator("input[inputmode=numeric]").first.fill("many")
    page.get_by_role("button", name="Add to the result").click()
    page.locator("[data-error]").wait_for()


def unfolds(page: Page) -> None:
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")


def sends_too_much(page: Page) -> None:
    page.locator("#stage input[type=text]").first.fill("w" * 400)
    page.locator("#stage .dock").get_by_role("button", name="Send").click()
    page.locator("[data-message]:not([hidden])").wait_for()


def closes_over_a_draft(place: Place) -> Brought:
    return opened(place, prompt("closing"), prompt("weather"))


def keeps_a_draft(page: Page) -> None:
    """As if it had been written before the round closed."""
    page.evaluate(
        """() => {
          const { room } = document.body.dataset
          const draft = { title: "A word for today", words: "slow and grey", values: [] }
          sessionStorage.setItem(`attune:${room}:draft:0`, JSON.stringify(draft))
        }"""
    )
    page.reload()
    page.locator(".late").wait_for()


def loses_the_network(page: Page) -> None:
    """The line as the script shows it; a page that is really offline cannot be looked at twice."""
    page.evaluate(
        """() => {
          document.documentElement.dataset.connection = "off"
          document.getElementById("connection").hidden = false
          for (const each of document.querySelectorAll("[form=act]"))
            each.setAttribute("aria-disabled", "true")
        }"""
    )


def waits_for_its_frames(page: Page) -> None:
    for name in ("Console", "Screen"):
        framed = page.frame_locator(f"iframe[title={name}]")
        framed.locator("html[data-connection=on]").wait_for(state="attached")
    page.frame_locator("iframe[title=Phone]").get_by_role("button", name="Join").wait_for()


def rehearses_a_question(page: Page) -> None:
    """Put, once, and answered by some of the people."""
    waits_for_its_frames(page)
    console = page.frame_locator("iframe[title=Console]")
    begin = console.get_by_role("button", name="Begin:").first
    if begin.count():
        begin.click()
        console.locator("#go").get_by_role("button", name="Next:").click()
    console.locator("#counts-line", has_text=re.compile("[3-8] of . here")).wait_for(timeout=40_000)
    page.frame_locator("iframe[title=Screen]").get_by_text("What is your weather").wait_for()
    # Whoever presses with a hand has the button before their eyes; a program scrolls to it.
    console.locator("html").evaluate("() => scrollTo(0, 0)")


def covers(page: Page) -> None:
    """For this page alone: the next one of this browser is not to be covered."""
    page.locator(".console").evaluate("each => each.setAttribute('data-covered', '')")


def is_late(page: Page) -> None:
    """As the script shows it where there is no network to ask; a minute is long for a test.

    Unless the minute is over: what was said was said once, for all who look at it.
    """
    page.locator("#main").evaluate(
        """main => {
          const each = main.querySelector("[data-late]")
          if (each) [each.children[0].textContent, each.children[1].textContent] =
            [each.dataset.late, each.dataset.then]
        }"""
    )


STATES: list[State] = [
    # On the way in.
    State("code", "anyone", "/"),
    State("code-unknown", "anyone", "/join/BCDF-GHJK"),
    State("consent", "anyone", "/join/{code}", "lobby", bring=lobby),
    State("what-we-store", "anyone", "/what-we-store", does=unfolds),
    State("not-found", "anyone", "/nowhere"),
    State("sign-in", "anyone", "/sign-in"),
    State("sign-in-refused", "anyone", "/sign-in", does=signs_in_wrongly),
    State("rehearsal", "desk", "", bring=rehearsing, does=rehearses_a_question),
    State("rehearsal-of-three", "desk", "", bring=rehearsing_with_three, does=waits_for_its_frames),
    # Around a room.
    State("home", "desk", "/home", bring=ended),
    State("account", "desk", "/account"),
    State("account-refused", "desk", "/account", does=forgets_the_password),
    State("audit", "desk", "/audit", bring=ended),
    State("people", "desk", "/people", does=unfolds),
    State("second-step", "desk", "/account/second-step", does=unfolds),
    State("programmes", "desk", "/programmes"),
    State("programme", "desk", "/programmes/classroom-check-in"),
    *(
        State(f"programme-step-{n}", "desk", f"/programmes/classroom-check-in/steps/{n}")
        for n in range(1, 8)
    ),
    State("plans", "desk", "/plans", bring=lobby),
    State("plan", "desk", "/plans/{plan}", bring=lobby),
    State("plan-shares", "desk", "/plans/{plan}/shares", bring=lobby),
    State("plan-refused", "desk", "/plans/{plan}", bring=lobby, does=leaves_the_title_empty),
    State("plan-delete", "desk", "/plans/{plan}/delete", "ended", bring=ended),
    State("plan-in-use", "desk", "/plans/{plan}/delete", "lobby", bring=lobby),
    State("plan-step", "desk", "/plans/{plan}/steps/1", bring=lobby),
    State("plan-step-asks", "desk", "/plans/{plan}/steps/2", bring=lobby),
    *(
        State(
            f"paper-{kind}",
            "desk",
            "/plans/{plan}/steps/1/print",
            bring=lambda place, kind=kind: lobby(place, prompt(kind)),  # type: ignore[misc]
        )
        for kind in SETTINGS
    ),
    State("ask-now", "desk", "/rooms/{ref}/rounds/new", "live", "open", bring=asked_in_between),
    State(
        "ask-now-refused",
        "desk",
        "/rooms/{ref}/rounds/new",
        "live",
        "open",
        bring=asked_in_between,
        does=asks_and_forgets_the_options,
    ),
    *(
        State(
            name,
            "desk",
            "/rooms/{ref}/rounds/1/by-hand",
            "live",
            "closed",
            "review",
            bring=in_form("review", "choice"),
            does=does,
        )
        for name, does in (("by-hand", None), ("by-hand-refused", counts_wrongly))
    ),
    *seen("by-hand", counted_by_hand, room="live", round="closed", release="shown full"),
    State("notes", "desk", "/rooms/{ref}/notes", "live", "open", bring=asked_in_between),
    State("end-asked", "desk", "/rooms/{ref}/ending", "live", "open", bring=closing),
    State("summary-so-far", "desk", "/rooms/{ref}/summary", "live", bring=at_the_end),
    State("summary", "desk", "/rooms/{ref}/summary", "ended", bring=ended),
    State("summary-group", "desk", "/rooms/{ref}/summary?part=group", "ended", bring=ended),
    # In a room.
    *seen("lobby", lobby, room="lobby"),
    *seen("door", at_the_door, ("phone", "console"), room="lobby"),
    *seen("spoken-to", spoken_to, ("phone", "console"), room="live", round="open"),
    State("phone-terms", "phone", "/r/{ref}/terms", bring=spoken_to),
    State("terms", "desk", "/rooms/{ref}/terms", bring=spoken_to),
    State("terms-refused", "desk", "/rooms/{ref}/terms", bring=spoken_to, does=leaves_the_help_out),
    State(
        "follow-up",
        "desk",
        "/rooms/{ref}/rounds/1/follow-up",
        "live",
        "closed",
        "review",
        bring=in_form("review", "words"),
    ),
    State(
        "announcement", "desk", "/rooms/{ref}/announcement?words=somebody-wrote", bring=spoken_to
    ),
    *seen("begun", begun, room="live"),
    *(
        state
        for kind in SETTINGS
        for state in seen(
            f"{kind}-open",
            lambda place, kind=kind: opened(place, prompt(kind), prompt("closing")),  # type: ignore[misc]
            room="live",
            round="open",
        )
    ),
    *seen(
        "slide-plain", lambda place: opened(place, prompt("slide", 0)), room="live", round="open"
    ),
    *seen(
        "choice-open",
        choosing,
        ("given", "passed"),
        room="live",
        round="open",
    ),
    *seen("note", behind_a_note, room="live", round="open"),
    *seen("talk", talking, room="live", round="open"),
    *seen("closing", closing, room="live", round="open"),
    *seen(
        "closed",
        lambda place: answered(place, prompt("weather")),
        room="live",
        round="closed",
    ),
    *seen("held", held, room="live", round="closed", release="held"),
    *(
        state
        for kind in SETTINGS
        for state in seen(
            f"{kind}-review",
            in_form("review", kind),
            ("console",),
            room="live",
            round="closed",
            release="review",
        )
    ),
    *(
        state
        for kind in SETTINGS
        if kind not in ("breath", "pairs")
        for form in ("full", "soft", "words")
        if kind in ("weather", "affect") or form == "full"
        for state in seen(
            f"{kind}-{form}",
            in_form(form, kind),
            room="live",
            round="closed",
            release=f"shown {form}",
        )
    ),
    *seen("compared-first", compared("first", "scale", 0), room="live", round="open"),
    *seen("compared-second", compared("second", "affect"), ("phone",), room="live", round="open"),
    *seen(
        "compared-review",
        compared("review", "scale", 0),
        ("console",),
        room="live",
        round="closed",
        release="review",
    ),
    *(
        state
        for name, kind, which, form in (
            ("scale", "scale", 0, "full"),
            ("scale", "scale", 0, "soft"),
            ("scale", "scale", 0, "words"),
            ("lines", "scale", 2, "full"),
            ("affect", "affect", 0, "full"),
            ("affect", "affect", 0, "soft"),
            ("weather", "weather", 0, "full"),
            ("weather", "weather", 0, "words"),
        )
        for state in seen(
            f"compared-{name}-{form}",
            compared(form, kind, which),
            room="live",
            round="closed",
            release=f"shown {form}",
        )
    ),
    State(
        "plan-step-compared", "desk", "/plans/{plan}/steps/2", bring=compared("first", "scale", 0)
    ),
    *(
        state
        for upto, views in (
            ("open", ("phone", "given", "console")),
            ("review", ("console",)),
            ("shown", ("phone", "given", "console", "screen")),
            ("new", ("console",)),
            ("left", ("console",)),
        )
        for state in seen(
            f"live-{upto}",
            live_words(upto),
            views,  # type: ignore[arg-type]
            room="live",
            round="closed" if upto == "left" else "open",
            release={"open": "", "review": "review"}.get(upto, "shown full"),
        )
    ),
    *(
        state
        for upto in ("marking", "counted")
        for state in seen(
            f"wall-{upto}", wall(upto), room="live", round="closed", release="shown full"
        )
    ),
    *seen(
        "questions-live",
        questions,
        ("phone", "given", "console", "screen"),
        room="live",
        round="open",
        release="shown full",
    ),
    *seen("questions-beside", questions_beside, ("phone", "console"), room="live", round="open"),
    State(
        "phone-questions-unfolded",
        "phone",
        "/r/{ref}",
        "live",
        "open",
        bring=questions_beside,
        does=unfolds,
    ),
    *seen("taken-off", taken_off, room="live", round="closed", release="review"),
    State(
        "phone-refused",
        "phone",
        "/r/{ref}",
        "live",
        "open",
        bring=closes_over_a_draft,
        does=sends_too_much,
    ),
    State(
        "phone-draft",
        "phone",
        "/r/{ref}",
        "live",
        "open",
        bring=closes_over_a_draft,
        does=keeps_a_draft,
    ),
    State(
        "phone-offline", "phone", "/r/{ref}", "live", "open", bring=choosing, does=loses_the_network
    ),
    State(
        "console-offline",
        "console",
        "/rooms/{ref}",
        "live",
        "open",
        bring=choosing,
        does=loses_the_network,
    ),
    State(
        "console-keys",
        "console",
        "/rooms/{ref}",
        "live",
        "open",
        bring=choosing,
        does=asks_for_keys,
    ),
    State(
        "console-ask",
        "console",
        "/rooms/{ref}",
        "live",
        "open",
        bring=choosing,
        does=asks_something,
    ),
    *seen("asked", asked_in_between, room="live", round="open"),
    State("phone-unfolded", "phone", "/r/{ref}", "live", "open", bring=choosing, does=unfolds),
    *seen("paused", paused, room="live", round="open"),
    State("away", "phone", "/r/{ref}", "live", "open", bring=stepped_away),
    *seen("one-away", stepped_away, ("console",), room="live", round="open"),
    State("tell", "phone", "/r/{ref}/signals", "live", "open", bring=watched),
    State("tell-meet", "phone", "/r/{ref}/signals?level=2", "live", "open", bring=watched),
    State("tell-now", "phone", "/r/{ref}/signals?level=3", "live", "open", bring=watched),
    State("tell-unwatched", "phone", "/r/{ref}/signals", "live", "open", bring=choosing),
    State("told", "phone", "/r/{ref}/signals", "live", "open", bring=told),
    State("told-urgent", "passed", "/r/{ref}/signals", "live", "open", bring=told),
    State("told-seen", "given", "/r/{ref}/signals", "live", "open", bring=told),
    State("told-late", "phone", "/r/{ref}/signals", "live", "open", bring=told, does=is_late),
    State("console-covered", "console", "/rooms/{ref}", "live", "open", bring=told, does=covers),
    *seen("told", told, ("phone", "console"), room="live", round="open"),
    *seen("ended", ended, ("phone", "screen"), room="ended"),
]


def looks(page: Page, size: Mapping[str, int], scheme: str) -> None:
    """Set size and scheme (light, dark, forced), and wait until the page is drawn so."""
    page.set_viewport_size(size)  # type: ignore[arg-type]
    # Without motion: a colour that is half faded in is nobody's.
    colours = {"forced_colors": "active"} if scheme == "forced" else {"color_scheme": scheme}
    page.emulate_media(reduced_motion="reduce", **{"forced_colors": "none", **colours})  # type: ignore[arg-type]
    # The screen is dimmed by hand: its projector's own scheme says nothing about the room.
    page.evaluate(
        """scheme => {
          const { dataset } = document.documentElement
          if (dataset.view === "screen" && scheme !== "forced") dataset.theme = scheme
          return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
        }""",
        scheme,
    )


class Tour:
    """Goes from state to state with one browser for each who looks."""

    def __init__(self, place: Place, browser: Browser) -> None:
        self.place, self._browser = place, browser
        self._brought: dict[object, Brought] = {}
        self._contexts: dict[str, BrowserContext] = {}

    def opens(self, state: State) -> Page:
        """The page, in that state."""
        brought = self._bring(state)
        context = self._context(state.view, brought)
        page = context.pages[0] if context.pages else context.new_page()
        url = brought.url if brought and brought.url else self.place.url
        page.goto(url + _filled(state.path, brought))
        if state.is_live and page.locator("body[data-live]").count():
            page.locator("html[data-connection=on]").wait_for(state="attached")
        if state.does:
            state.does(page)
        return page

    def ends(self) -> None:
        for context in self._contexts.values():
            context.close()
        for brought in self._brought.values():
            brought.ends()

    def _bring(self, state: State) -> Brought | None:
        if not state.bring:
            return None
        if state.bring not in self._brought:
            self._brought[state.bring] = state.bring(self.place)
        return self._brought[state.bring]

    def _context(self, view: View, brought: Brought | None) -> BrowserContext:
        if view not in self._contexts:
            self._contexts[view] = self._browser.new_context(reduced_motion="reduce")
            self._contexts[view].set_default_timeout(8000)
        context = self._contexts[view]
        if view in ("console", "screen", "desk"):
            self._gives(context, self.place.jo().cookies)
        elif brought and view != "anyone":
            self._gives(context, brought.phones[view].cookies)
        return context

    def _gives(self, context: BrowserContext, cookies: Mapping[str, str | None]) -> None:
        context.add_cookies(
            [
                {"name": name, "value": value or "", "url": self.place.url}
                for name, value in cookies.items()
            ]
        )


def _filled(path: str, brought: Brought | None) -> str:
    if not brought or "{" not in path:
        return path
    room = brought.room
    return path.format(
        ref=room.ref,
        code=room.room()["code"] if "{code}" in path else "",
        plan=room.plan["id"],
    )
