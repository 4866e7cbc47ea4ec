"""Pictures that pages of this side have in them: QR codes."""

import segno
from markupsafe import Markup

# The dark is the tokens' ink: a QR code has to stay dark on light, whatever the theme.
INK, PAPER = "#1D2A2B", "#fff"


def qr(text: str) -> Markup:
    """A QR code of this text, as SVG."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(
        border=3, dark=INK, light=PAPER, omitsize=True, svgclass=None, lineclass=None
    )
    # segno writes nothing but numbers into it.
    return Markup(drawn)  # noqa: S704
