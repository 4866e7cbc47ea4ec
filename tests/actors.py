"""People at real browser pages: whoever leads, who is in the room, and the screen.

Methods are what a person does, and wait until the page has done it. Each page has a witness that
hears what a person would not: the browser's console, and everything that came over the network.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import segno
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from attune.rehearsal.people import Answer
from tests.browser import axe
from tests.cast import Book

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
COLOURS = ("color-contrast", "link-in-text-block")
WALL = {"width": 1920, "height": 1080}


# Two frames in a row in which nothing moves: colours change by transitions too.
_IS_STILL = """async () => {
  for (let frames = 0; frames < 2; ) {
    await new Promise(requestAnimationFrame)
    frames = document.getAnimations().some(one => one.playState === "running") ? 0 : frames + 1
  }
}"""


@dataclass
class Witness:
    """What a page was told and what its browser complained of, all through a test."""

    complaints: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    looked_at: list[str] = field(default_factory=list)
    seconds: float = 0

    def watches(self, page: Page, name: str) -> None:
        page.on("console", lambda said: self._hears(name, said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(f"{name}: {error}"))

    def _hears(self, name: str, type: str, text: str) -> None:
        # A phone that asks once more while the room ends is told that it has ended.
        if type in ("error", "warning") and "status of 410" not in text:
            self.complaints.append(f"{name}: {text}")

    def looks_at(
        self, page: Page, state: str, schemes: tuple[str, ...] = ("light", "dark")
    ) -> None:
        """Let axe read the page, in both colour schemes; what it finds stands in `findings`."""
        begun = time.monotonic()
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.evaluate(_IS_STILL)
            # In the dark nothing but the colours is another.
            only = () if scheme == "light" else COLOURS
            self.findings += [f"{state}, {scheme}: {found}" for found in axe(page, only=only)]
        page.emulate_media(color_scheme="light")
        self.seconds += time.monotonic() - begun
        self.looked_at.append(state)


@contextmanager
def context(browser: Browser, viewport: dict[str, int], **more: Any) -> Iterator[BrowserContext]:
    """A browser of somebody's own. Without motion: axe would measure what is half faded in."""
    opened = browser.new_context(viewport=viewport, reduced_motion="reduce", **more)  # type: ignore[arg-type]
    try:
        yield opened
    finally:
        opened.close()


class Facilitator:
    """Whoever leads, at the console."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.room = ""  # the address of the console

    def sets_up(self, link: str, name: str = "Jo Marsh") -> None:
        self.page.goto(link)
        self.page.get_by_label("Your name").fill(name)
        self.page.get_by_label("Email").fill("jo@rivermead.org")
        self.page.get_by_label("Password").fill("rooted together")
        self.page.get_by_role("button", name="Make the account").click()
        self.page.wait_for_url("**/home")

    def copies(self, title: str) -> None:
        """From the home page, by way of the programme, to a plan of one's own."""
        self.page.get_by_role("link", name=title).first.click()
        self.page.wait_for_url("**/programmes/*")
        self.page.get_by_role("button", name="Copy to my plans").click()
        self.page.wait_for_url("**/plans/*")

    def opens_a_room(self, title: str) -> None:
        self.page.get_by_label("What people see it called").fill(title)
        self.page.get_by_role("button", name="Open the room").click()
        self.page.wait_for_url(re.compile(r"/rooms/[^/]+$"))
        self.room = self.page.url

    def opens_the_screen(self, elsewhere: BrowserContext) -> "Screen":
        """By the console's link; it is shown by another computer, at which Jo is signed in too.

        (A window behind another one is drawn once a second, and whoever presses waits for it.)
        """
        with self.page.expect_popup() as opened:
            self.page.get_by_role("link", name="Screen").click()
        elsewhere.add_cookies(self.page.context.cookies())  # type: ignore[arg-type]
        page = elsewhere.new_page()
        page.goto(opened.value.url)
        opened.value.close()
        return Screen(page)

    @property
    def now(self) -> Locator:
        return self.page.locator("#now")

    @property
    def line(self) -> str:
        """What the console says that the room sees."""
        return self.page.locator("[data-sees]").inner_text()

    def presses(self, name: str, within: str = "#now") -> None:
        self.page.locator(within).get_by_role("button", name=name).first.click()

    def begins(self) -> None:
        self.presses("Begin:")

    def nexts(self) -> None:
        self.presses("Next:", "#go")

    def goes_back(self) -> None:
        self.presses("Back:", "#go")

    def goes_to(self, title: str) -> None:
        """Jump to a step, by the agenda."""
        self.page.locator("nav.plan").get_by_role("button", name=title).click()

    def is_at(self, title: str) -> None:
        expect(self.now.locator("h2.prompt").first).to_have_text(title)

    def counts(self, responded: int, here: int) -> None:
        line = f"{responded} of {here} here have responded"
        expect(self.page.locator("#counts-line")).to_have_text(line)

    def closes(self) -> None:
        """With grace, which is then cut short: twenty seconds are long in a test."""
        self.presses("Close and preview")
        expect(self.now).to_contain_text("Closing in a moment")
        self.closes_now()

    def closes_now(self) -> None:
        self.presses("Close now")
        expect(self.now).to_contain_text("Answers are closed.")

    def previews(self) -> None:
        self.presses("Preview")
        expect(self.now.get_by_text("Preview", exact=True)).to_be_visible()

    def shows(self, name: str = "Show") -> None:
        """Show, Soften or Say it in words."""
        self.presses(name)
        expect(self.now).to_contain_text("Results are with the room.")

    def takes_off(self) -> None:
        self.presses("Take off the screen")
        expect(self.now).to_contain_text("Only you see the result.")

    def marks(self) -> dict[str, str]:
        """The marks beside a preview, by name."""
        found = self.page.locator("[data-mark]").all()
        return {str(mark.get_attribute("data-mark")): mark.inner_text() for mark in found}

    def ends(self) -> None:
        """By the page that says what is deleted."""
        self.page.get_by_role("link", name="End", exact=True).click()
        self.page.wait_for_url("**/ending")
        self.page.get_by_role("button", name="End the session").click()
        self.page.wait_for_url("**/summary")

    def downloads(self, ending: str, part: str) -> bytes:
        reply = self.page.request.get(f"{self.room}/summary.{ending}?part={part}")
        assert reply.status == 200, reply.status
        return reply.body()


class Screen:
    """The projector."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def code(self) -> str:
        """As people say it: two groups of four."""
        first, last = self.page.locator("h1.s-code .code-big span").all_inner_texts()
        return f"{first}-{last}"

    @property
    def main(self) -> Locator:
        return self.page.locator("#main")

    def says(self, text: str) -> None:
        expect(self.main).to_contain_text(text, use_inner_text=True)

    def has_the_code_of(self, address: str) -> bool:
        """Whether a camera would read this address: compared module by module."""
        drawn = self.page.locator(".qr path").all()
        wanted = segno.make(address, error="m", micro=False)
        paths = [str(path.get_attribute("d")) for path in drawn]
        return any(_dark_runs(wanted, border=3) == path for path in paths)


def _dark_runs(code: segno.QRCode, border: int) -> str:
    """The dark modules, as the path that segno draws of them."""
    drawn = code.svg_inline(border=border, dark="#000", svgclass=None, lineclass=None)
    found = re.search(r'<path stroke="#000" d="([^"]+)"', drawn)
    assert found, drawn
    return found[1]


class Participant:
    """Somebody in the room with a phone, who writes down what they give."""

    def __init__(self, page: Page, url: str, book: Book) -> None:
        self.page, self.url, self.book = page, url, book

    def types_the_code(self, code: str) -> None:
        self.page.goto(self.url)
        self.page.get_by_label("Room code").fill(code)
        self.page.get_by_role("button", name="Go in").click()

    def joins(self) -> None:
        self.page.get_by_role("button", name="Join", exact=True).click()
        self.page.wait_for_url("**/r/**")
        self.is_back()

    def is_back(self) -> None:
        expect(self.page.locator("html")).to_have_attribute("data-connection", "on")

    @property
    def stage(self) -> Locator:
        return self.page.locator("#stage")

    @property
    def round(self) -> int:
        return int(self.page.locator("#stage [data-round]").get_attribute("data-round") or 0)

    def is_asked(self, title: str) -> None:
        expect(self.stage.locator("h1.prompt", has_text=title).first).to_be_visible()

    def is_in(self, number: int) -> None:
        expect(self.stage.locator(f'[data-round="{number}"]')).to_have_count(1)

    def sends(self, answer: Answer) -> None:
        """Press Send on what was chosen, and see that it was kept."""
        self.stage.locator('.dock button.act[formaction$="/answer"]').click()
        self._kept("given")
        self.book.gave(self, self.round, answer)

    def passes(self) -> None:
        self.stage.get_by_role("button", name="Pass", exact=True).click()
        self._kept("passed")
        self.book.gave(self, self.round, None)

    def takes_back(self) -> None:
        self.stage.get_by_role("button", name="Take it back").click()
        self._kept("none")
        self.book.took_back(self, self.round)

    def changes(self) -> None:
        """Open one's own answer again."""
        self.stage.get_by_text("Change it").click()
        expect(self.stage.locator(".dock")).to_be_visible()

    def _kept(self, state: str) -> None:
        room = self.page.locator("#room")
        expect(room).to_have_attribute("data-mine", state)
        expect(room).to_have_attribute("data-sending", "kept")

    # What each kind is answered with.

    def picks_weather(self, label: str) -> None:
        self.stage.locator(".weather-tile", has_text=label).first.click()

    def picks_place(self, x: int, y: int) -> None:
        self.stage.locator(f'[data-grid] label:has(input[value="{x},{y}"])').click()

    def ticks(self, *labels: str) -> None:
        for label in labels:
            self.stage.locator(".choice-option", has_text=label).click()

    def talks(self, how: str) -> None:
        self.stage.locator("label", has_text=how).click()

    def closes_with(self, word: str, safe: str) -> None:
        self.stage.get_by_label("One word for the next lesson").fill(word)
        self.stage.locator("label", has_text=safe).last.click()


# --- one breath on two devices ------------------------------------------------------------------

# Every clock a page can ask is off by so much; the true one is kept aside for the measurement.
_OFF = """(() => {
  const [off, Real, perf] = [OFF, Date, performance.now.bind(performance)]
  const origin = performance.timeOrigin
  window.trueTime = () => origin + perf()
  window.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(Real.now() + off) }
    static now() { return Real.now() + off }
  }
  performance.now = () => perf() + off
})()"""
_SAMPLE = """([samples, pause]) => {
  const { breath } = document.querySelector("[data-play=breath]")
  window.sampled = (async () => {
    const found = []
    while (found.push([trueTime(), breath.phase()]) < samples)
      await new Promise(done => setTimeout(done, pause))
    return found
  })()
}"""
_ASKS_OF_THE_CLOCK = 6  # when a page has come


class Clocked:
    """A phone whose clocks are off by so many seconds."""

    def __init__(self, context: BrowserContext, off: float) -> None:
        context.add_init_script(_OFF.replace("OFF", str(off * 1_000)))
        self.page = context.new_page()
        self._replies = 0
        self.page.on("websocket", lambda ws: ws.on("framereceived", self._count))

    def _count(self, frame: str | bytes) -> None:
        self._replies += str(frame).startswith("43")

    def is_on_time(self) -> bool:
        """Whether it has asked the server for the time, and breathes."""
        breathes = self.page.evaluate("!!document.querySelector('[data-play=breath]')?.breath")
        return bool(breathes) and self._replies >= _ASKS_OF_THE_CLOCK


def phases_apart(pages: tuple[Page, Page], cycle: float, samples: int = 200) -> list[float]:
    """How far the breath of two pages is apart, in milliseconds, at so many moments."""
    for page in pages:
        page.evaluate(_SAMPLE, [samples, 20])
    one, other = (
        [(phase - at) % cycle for at, phase in page.evaluate("window.sampled")] for page in pages
    )
    return [min((a - b) % cycle, (b - a) % cycle) for a, b in zip(one, other, strict=True)]


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
