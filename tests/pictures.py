"""Makes the pictures of the docs anew from states of `tests.states`: bin/pictures [NAME ...].

They are real pages of a real room, kept small as WebP, which the browser itself writes. A picture
may be several phones beside each other.
"""

import base64
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser

from tests.browser import running_browser
from tests.journeys.pages import LAPTOP, PHONE, PROJECTOR, Place, account_at
from tests.servers import ROOT, AttuneServer
from tests.states import STATES, Tour, looks

FOLDER = ROOT / "docs" / "pictures"
QUALITY = 0.82
GAP = 24  # pixels between two phones
WIDEST = 1280  # a projector's picture is made smaller


class Picture(NamedTuple):
    """Which states it shows, from the start to the end, and how large the page was."""

    states: Sequence[str]
    size: Mapping[str, int]
    scheme: str = "light"


PICTURES = {
    # In the README.
    "console": Picture(["console-weather-review"], LAPTOP),
    "phone": Picture(["phone-weather-open", "given-choice-open", "phone-weather-full"], PHONE),
    "screen": Picture(["screen-weather-full"], PROJECTOR),
    # In the guide, in its order.
    "rehearsal": Picture(["rehearsal"], LAPTOP),
    "programme": Picture(["programme"], LAPTOP),
    "step": Picture(["plan-step-asks"], LAPTOP),
    "lobby-console": Picture(["console-lobby"], LAPTOP),
    "lobby-screen": Picture(["screen-lobby"], PROJECTOR),
    "join": Picture(["code", "consent", "phone-lobby"], PHONE),
    "open-console": Picture(["console-choice-open"], LAPTOP),
    "pass": Picture(["phone-note", "passed-choice-open", "phone-closing"], PHONE),
    "ask-now": Picture(["console-ask"], LAPTOP),
    "words-screen": Picture(["screen-weather-words"], PROJECTOR),
    "held": Picture(["console-held"], LAPTOP),
    "end": Picture(["end-asked"], LAPTOP),
    "summary": Picture(["summary-group"], LAPTOP),
}

# Draws the shots beside each other and writes them as WebP.
JOIN = """async ({ shots, gap, widest, quality }) => {
  const images = await Promise.all(shots.map(async shot => {
    const image = new Image()
    image.src = `data:image/png;base64,${shot}`
    await image.decode()
    return image
  }))
  const width = images.reduce((sum, { width }) => sum + width + gap, -gap)
  const scale = Math.min(1, widest / width)
  const canvas = document.createElement("canvas")
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(Math.max(...images.map(({ height }) => height)) * scale)
  const pen = canvas.getContext("2d")
  pen.imageSmoothingQuality = "high"
  let x = 0
  for (const image of images) {
    pen.drawImage(image, x * scale, 0, image.width * scale, image.height * scale)
    x += image.width + gap
  }
  return canvas.toDataURL("image/webp", quality).split(",")[1]
}"""


def take(tour: Tour, picture: Picture) -> list[str]:
    """One shot of each of its states, in base64."""
    shots = []
    for name in picture.states:
        page = tour.opens(next(state for state in STATES if state.name == name))
        looks(page, picture.size, picture.scheme)
        shots.append(base64.b64encode(page.screenshot()).decode())
    return shots


def joined(browser: Browser, shots: list[str]) -> bytes:
    page = browser.new_page()
    wanted = {"shots": shots, "gap": GAP, "widest": WIDEST, "quality": QUALITY}
    written = base64.b64decode(page.evaluate(JOIN, wanted))
    page.close()
    return written


def main(names: list[str]) -> None:
    chosen = {name: PICTURES[name] for name in names or PICTURES}
    with (
        tempfile.TemporaryDirectory(prefix="attune-pictures-") as name,
        running_browser() as browser,
    ):
        server = AttuneServer(Path(name)).start()
        tour = Tour(Place(server, browser, account_at(server)), browser)
        try:
            for each, picture in chosen.items():
                file = FOLDER / f"{each}.webp"
                file.write_bytes(joined(browser, take(tour, picture)))
                print(f"{file.relative_to(ROOT)}: {file.stat().st_size:,} bytes", flush=True)
        finally:
            tour.ends()
            server.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
