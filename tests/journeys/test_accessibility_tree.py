"""The main journeys as somebody hears them: in the browser's own accessibility tree.

axe looks at the markup. This looks at what the browser makes of it: what is there, what it is
called, in which order the headings come, and what speaks by itself.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from tests.facilitator.visitor import Visitor
from tests.journeys.pages import PHONE, Place
from tests.servers import AttuneServer
from tests.states import STATES, Tour, looks

JOURNEYS = {
    "a participant": [
        *("code", "code-unknown", "consent", "phone-door", "phone-lobby", "phone-begun"),
        *(f"phone-{kind}-open" for kind in ("slide", "weather", "affect", "scale", "words")),
        *(f"phone-{kind}-open" for kind in ("breath", "choice", "pairs", "closing")),
        *("phone-note", "given-choice-open", "passed-choice-open", "phone-closing"),
        *("phone-closed", "phone-held", "phone-weather-full", "phone-affect-words"),
        *("phone-refused", "phone-draft", "phone-offline", "phone-ended", "what-we-store"),
    ],
    "the console": [
        *("console-lobby", "console-door", "console-begun", "console-choice-open"),
        *("console-talk", "console-closing", "console-closed", "console-held", "console-offline"),
        *("console-words-review", "console-weather-full", "console-weather-soft"),
        *("console-taken-off", "console-asked", "console-keys", "console-ask"),
    ],
    "the screen": [
        *("screen-lobby", "screen-choice-open", "screen-breath-open", "screen-talk"),
        *("screen-held", "screen-weather-full", "screen-affect-full", "screen-ended"),
    ],
    "around a room": [
        *("sign-in", "sign-in-refused", "home", "programmes", "programme", "programme-step-2"),
        *("plans", "plan", "plan-refused", "plan-step", "plan-delete", "ask-now", "notes"),
        *("end-asked", "summary-so-far", "summary", "summary-group"),
    ],
}
BY_NAME = {state.name: state for state in STATES}
CONTROLS = {
    *("button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "listbox"),
    *("slider", "spinbutton", "switch", "tab", "menuitem", "option", "DisclosureTriangle"),
}
# Of which there may be several, and then each needs a name. (A form without one is no landmark.)
NAMED_IF_MANY = {"navigation", "complementary", "region", "banner", "contentinfo"}
# One form's button at its top and at its foot.
THE_SAME = {"Save"}
SPEAKING = ("status", "alert", "log", "marquee", "timer")


class Node(NamedTuple):
    """One thing that a screen reader comes to."""

    role: str
    name: str
    facts: dict[str, Any]


def tree(page: Page) -> list[Node]:
    """The whole of the page, in its order; what is hidden is not in it."""
    session = page.context.new_cdp_session(page)
    try:
        raw = session.send("Accessibility.getFullAXTree")["nodes"]
    finally:
        session.detach()
    by_id = {node["nodeId"]: node for node in raw}
    return [_node(node) for node in _in_order(raw[0], by_id) if not node["ignored"]]


def _in_order(node: Any, by_id: dict[str, Any]) -> Iterator[Any]:
    yield node
    for child in node.get("childIds", ()):
        if child in by_id:
            yield from _in_order(by_id[child], by_id)


def _node(node: Any) -> Node:
    facts = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
    name = " ".join(str(node.get("name", {}).get("value", "")).split())
    return Node(node.get("role", {}).get("value", ""), name, facts)


def faults(nodes: list[Node], *, is_live: bool) -> list[str]:
    """What somebody who listens would stumble over."""
    found = [f"a {node.role} without a name" for node in nodes if _lacks_name(node)]
    pressed = [node for node in nodes if node.role in ("button", "checkbox")]
    same = Counter((node.role, node.name) for node in pressed if node.name not in THE_SAME)
    found += [
        f"{many} times the {role} {name!r}" for (role, name), many in same.items() if many > 1
    ]
    if any(node.facts.get("modal") for node in nodes):
        return found  # all else is out of reach
    levels = [int(node.facts["level"]) for node in nodes if node.role == "heading"]
    if levels.count(1) != 1:
        found.append(f"{levels.count(1)} headings of the first level")
    for before, after in pairwise(levels):
        if after > before + 1:
            found.append(f"a heading of level {after} after one of {before}")
    roles = Counter(node.role for node in nodes)
    if roles["main"] != 1:
        found.append(f"{roles['main']} main parts")
    for role in NAMED_IF_MANY:
        names = Counter(node.name for node in nodes if node.role == role)
        if roles[role] > 1 and ("" in names or max(names.values()) > 1):
            found.append(f"several of {role} that cannot be told apart: {dict(names)}")
    speaking = [node for node in nodes if node.role in SPEAKING]
    if is_live:
        found += [f"{node.role} {node.name!r} speaks too" for node in speaking[1:]]
        if [node.role for node in speaking[:1]] != ["status"]:
            found.append("no polite line")
    return found


def _lacks_name(node: Node) -> bool:
    wanted = node.role in CONTROLS or node.role in ("dialog", "heading", "radiogroup")
    return wanted and not node.name


@pytest.fixture(scope="module")
def tour(journeys_server: AttuneServer, browser: Browser, account: Visitor) -> Iterator[Tour]:
    going = Tour(Place(journeys_server, browser, account), browser)
    yield going
    going.ends()


@pytest.mark.parametrize(
    "name", [name for names in JOURNEYS.values() for name in names], ids=lambda name: name
)
def test_whoever_listens_finds_everything_by_its_name(tour: Tour, name: str) -> None:
    state = BY_NAME[name]
    page = tour.opens(state)
    looks(page, PHONE, "light")
    found = faults(tree(page), is_live=bool(page.locator("body[data-live]").count()))
    assert not found, "\n".join(found)


def test_what_is_wrong_would_be_found(tour: Tour) -> None:
    page = tour.opens(BY_NAME["code"])
    page.evaluate("for (const each of document.querySelectorAll('label')) each.remove()")
    assert "a textbox without a name" in faults(tree(page), is_live=False)
    heading = Node("heading", "One", {"level": 1})
    deep = Node("heading", "Deep", {"level": 3})
    main = Node("main", "", {})
    twice = [Node("navigation", "", {})] * 2
    polite = Node("status", "", {"live": "polite"})
    loud = Node("alert", "Now", {"live": "assertive"})
    assert faults([heading, main, polite], is_live=True) == []
    assert len(faults([heading, deep, main, *twice, polite, loud], is_live=True)) == 3
    assert len(faults([deep], is_live=True)) == 3
