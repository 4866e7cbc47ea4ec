"""Takes a picture of every state in `tests.states`, for people to look at: bin/shots FOLDER.

    bin/shots /tmp/shots            all of them, at three sizes, light, dark, in forced colours
    bin/shots /tmp/shots console-   only the states whose name begins so

They are never compared by a program: fonts and a browser's version change every pixel.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Error

from tests.browser import running_browser
from tests.journeys.pages import LAPTOP, PHONE, PROJECTOR, Place, account_at
from tests.servers import AttuneServer
from tests.states import STATES, State, Tour, looks

SIZES = (PHONE, LAPTOP, PROJECTOR)
SCHEMES = ("light", "dark", "forced")


def take(tour: Tour, state: State, folder: Path) -> None:
    page = tour.opens(state)
    for size in SIZES:
        for scheme in SCHEMES:
            looks(page, size, scheme)
            name = f"{state.name}.{size['width']}.{scheme}.png"
            # Phones scroll: show the whole page there, and what stands still elsewhere.
            page.screenshot(path=folder / name, full_page=size is PHONE)


def main(arguments: list[str]) -> None:
    if not arguments:
        sys.exit("Say into which folder: bin/shots FOLDER [BEGINNING OF A NAME ...]")
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = tuple(arguments[1:]) or ("",)
    chosen = [state for state in STATES if state.name.startswith(wanted)]
    with tempfile.TemporaryDirectory(prefix="attune-shots-") as name, running_browser() as browser:
        server = AttuneServer(Path(name)).start()
        tour = Tour(Place(server, browser, account_at(server)), browser)
        try:
            for state in chosen:
                print(state.name, flush=True)
                try:
                    take(tour, state, folder)
                except (Error, AssertionError) as error:
                    print(f"  {str(error).splitlines()[0]}", flush=True)
        finally:
            tour.ends()
            server.stop()
    print(f"{len(chosen)} states are in {folder}")


if __name__ == "__main__":
    main(sys.argv[1:])
