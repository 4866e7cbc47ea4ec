"""Two facilitators, each in a browser: inviting, asking in, handing over, and every page of it."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import axe
from tests.facilitator.visitor import PASSWORD
from tests.journeys.pages import LAPTOP, PHONE, Place, Room
from tests.journeys.test_accessibility import is_wide
from tests.states import looks


def gives_cookies(page: Page, place: Place, room: Room) -> Page:
    page.context.add_cookies(
        [
            {"name": each.name, "value": str(each.value), "url": place.url}
            for each in room.session.cookies
        ]
    )
    return page


@pytest.fixture
def jo(place: Place) -> Page:
    """The owner, at a laptop."""
    return gives_cookies(place.opens(viewport=LAPTOP), place, place.jo())


class Two:
    """Jo, and Kim who comes by Jo's links; `found` is what is wrong with the pages they meet."""

    def __init__(self, place: Place, jo: Page, shots: Path | None = None) -> None:
        self.place, self.jo, self.shots = place, jo, shots
        self.room = place.programme("Shared, Tuesday")
        self.kim = place.opens(viewport=LAPTOP)
        self.found: list[str] = []

    @property
    def console(self) -> str:
        return f"{self.place.url}/rooms/{self.room.ref}"

    def looks_at(self, page: Page, name: str) -> None:
        """In both schemes, narrow, large and turned."""
        for scheme in ("light", "dark"):
            looks(page, LAPTOP, scheme)
            self.takes(page, f"{name}.1280.{scheme}")
            self.found += [f"{name}, {scheme}: {each}" for each in axe(page)]
        looks(page, PHONE, "light")
        self.takes(page, f"{name}.390.light")
        wide = [*is_wide(page, 320), *is_wide(page, 1280, text=200)]
        wide += is_wide(page, 1280, direction="rtl")
        self.found += [f"{name}: {each}" for each in wide]
        looks(page, LAPTOP, "light")

    def takes(self, page: Page, name: str) -> None:
        if self.shots:
            page.screenshot(path=self.shots / f"{name}.png", full_page=True)

    def jo_makes_a_link(self) -> str:
        self.jo.get_by_role("button", name="Make a link").click()
        address = self.jo.get_by_label("Copy it now and send it to them")
        expect(address).to_be_focused()
        return address.input_value()

    def jo_invites_kim(self) -> str:
        self.jo.goto(f"{self.place.url}/home")
        self.jo.get_by_role("link", name="People", exact=True).click()
        expect(self.jo.get_by_role("heading", level=1)).to_have_text("Who may sign in")
        self.jo.get_by_label("Whom it is for").fill("Kim Berg")
        link = self.jo_makes_a_link()
        assert link.startswith(f"{self.place.url}/invitations/")
        self.looks_at(self.jo, "people-link-made")
        self.jo.goto(f"{self.place.url}/people")
        expect(self.jo.get_by_text("For Kim Berg")).to_be_visible()
        self.looks_at(self.jo, "people")
        return link

    def kim_makes_an_account(self, link: str) -> None:
        self.kim.goto(link)
        types_an_account(self.kim, "Kim Berg", "kim.berg@rivermead")
        expect(self.kim.get_by_label("Email")).to_be_focused()
        expect(self.kim.get_by_text("Add the part after the dot")).to_be_visible()
        self.looks_at(self.kim, "invited-refused")
        types_an_account(self.kim, "Kim Berg", "kim.berg@rivermead.org")
        expect(self.kim.get_by_role("heading", level=1)).to_have_text("Hello, Kim Berg")

    def kim_comes_to_watch_over(self) -> None:
        self.jo.goto(self.console)
        self.jo.get_by_role("link", name="Share it or hand it over").click()
        expect(self.jo.get_by_role("button", name="Make a link")).to_be_visible()
        self.looks_at(self.jo, "leading-alone")
        link = self.jo_makes_a_link()
        self.looks_at(self.jo, "leading-link-made")
        self.kim.goto(link)
        self.looks_at(self.kim, "watch-over-asked")
        self.kim.get_by_role("button", name="Watch over it").click()
        expect(self.kim).to_have_url(self.console)
        self.kim.locator("html[data-connection=on]").wait_for(state="attached")
        expect(self.team).to_contain_text("Kim Berg is watching over.")
        self.takes(self.kim, "console-watched.1280.light")

    def jo_hands_over(self) -> None:
        self.jo.goto(f"{self.console}/facilitators")
        unfolds(self.jo)
        self.looks_at(self.jo, "leading-two")
        self.jo.get_by_role("button", name="Hand it over").click()
        expect(self.jo.get_by_text("That is for Kim Berg.")).to_be_visible()
        unfolds(self.jo)
        self.looks_at(self.jo, "watching-over")

    @property
    def team(self) -> Locator:
        return self.kim.locator("[data-region=people]")


def types_an_account(page: Page, name: str, email: str) -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()


def unfolds(page: Page) -> None:
    for summary in page.locator("main summary").all():
        summary.click()


def test_two_share_a_room_and_every_page_of_it_is_well(place: Place, jo: Page) -> None:
    two = Two(place, jo)
    they_share_a_room(two)
    assert not two.found, "\n".join(two.found)


def they_share_a_room(two: Two) -> None:
    two.kim_makes_an_account(two.jo_invites_kim())
    two.kim_comes_to_watch_over()
    two.jo_hands_over()
    # Nothing was loaded anew: the open console hears it, and its way to the end is there.
    expect(two.team).to_contain_text("Kim Berg is leading.")
    two.kim.get_by_role("link", name="End", exact=True).click()
    expect(two.kim.get_by_role("heading", level=1)).to_have_text("End this session?")
    two.jo.goto(f"{two.place.url}/home")
    expect(two.jo.get_by_text("Watching over, with Kim Berg")).to_be_visible()
    two.looks_at(two.jo, "home-watching")


def test_who_is_sent_away_sees_it_on_the_open_console(place: Place, jo: Page) -> None:
    room = place.programme("Sent away")
    kim = place.opens(viewport=LAPTOP)
    jo.goto(f"{place.url}/people")
    jo.get_by_role("button", name="Make a link").click()
    kim.goto(jo.get_by_label("Copy it now and send it to them").input_value())
    types_an_account(kim, "Ravi", "ravi@rivermead.org")
    expect(kim.get_by_role("heading", level=1)).to_have_text("Hello, Ravi")

    jo.goto(f"{place.url}/rooms/{room.ref}/facilitators")
    jo.get_by_label("Somebody with an account here").select_option(label="Ravi")
    jo.get_by_role("button", name="Ask in").click()
    kim.goto(f"{place.url}/rooms/{room.ref}")
    kim.locator("html[data-connection=on]").wait_for(state="attached")
    jo.get_by_text("Send Ravi away").click()
    jo.get_by_role("button", name="Send away", exact=True).click()
    expect(kim.get_by_text("There is nothing here for you.")).to_be_visible()
