"""Cut fonts to the letters and weights that a page draws: names on standard input, as JSON.

[{"source": path, "out": path, "letters": "U+20-7E, U+A0", "weights": "400 600"}]. A whole font is
110 kB, and a phone on a train needs 10 of them. Kerning and the figures of one width stay; what
sets a mark on a letter goes, since the marks are in a file of their own and never meet it.
"""

import io
import json
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.varLib import instancer

FEATURES = ["kern", "tnum"]
# Units in the height of a line. Outlines are whole numbers of them: half of the usual 1,000 makes
# each shorter by some bits, and is still two for a pixel of the largest title on a projector.
UNITS = 512


def cut(source: Path, letters: str, weights: str) -> bytes:
    # Not stamped with the time: the same sources are to make the same bytes.
    font = TTFont(source, recalcTimestamp=False)
    options = Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2]  # whose it is, and its name
    options.drop_tables += ["STAT", "vhea", "vmtx"]  # for menus of fonts, and for writing downwards
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=_points(letters))
    subsetter.subset(font)
    if "fvar" in font:
        lightest, *heaviest = (float(weight) for weight in weights.split())
        wanted = (lightest, heaviest[0]) if heaviest else lightest
        font = instancer.instantiateVariableFont(font, {"wght": wanted})
    scale_upem(font, UNITS)
    font.flavor = "woff2"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def _points(letters: str) -> list[int]:
    """The code points of a `unicode-range`."""
    points: list[int] = []
    for part in letters.split(","):
        first, _, last = part.strip().removeprefix("U+").partition("-")
        points += range(int(first, 16), int(last or first, 16) + 1)
    return points


if __name__ == "__main__":
    for job in json.load(sys.stdin):
        new = Path(job["out"]).with_suffix(".new")
        new.write_bytes(cut(Path(job["source"]), job["letters"], job["weights"]))
        new.rename(job["out"])
