"""What a translation has to be before a page may use it.

The files are made by people and travel apart from the program: one may be broken, too old, or say
`%(nmae)s` for `%(name)s`. Such a text would fail in the middle of a room. It is left out once, when
the file is read, and told in English instead; everything else of its language stays.
"""

import re
from collections.abc import Mapping
from typing import Any

from babel.support import Translations

BROKEN = (OSError, ValueError, LookupError, ArithmeticError, EOFError)  # and struct.error
COUNTS = {"count", "num"}  # what stands in for the number of a plural
MOST_TRIED = 200  # numbers that a plural rule is tried with
PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


def leave_out_what_does_not_fit(texts: Translations) -> int:
    """Take out every text that cannot be filled in as its source is; how many they were.

    Raises one of BROKEN when the rule for plurals does not work: then nothing of it can be told.
    """
    catalogue: dict[Any, Any] = getattr(texts, "_catalog", {})
    for number in range(MOST_TRIED):
        texts.plural(number)
    wrong = [key for key, said in catalogue.items() if key and not fits(key, said)]
    for key in wrong:
        del catalogue[key]
    return len(wrong)


def fits(key: str | tuple[str, int], said: object) -> bool:
    """Whether this can be told where its source is. `key` has a number where it is a plural."""
    source = key if isinstance(key, str) else key[0]
    if not isinstance(said, str) or not said:
        return False
    wanted = places(source)
    if isinstance(key, str) and wanted != places(said):
        return False
    # A number can be told as a text, but not the other way round.
    values: dict[str, str | int] = {
        place: 1 if f"%({place})d" in source else "" for place in wanted
    }
    values |= dict.fromkeys(COUNTS, 1)
    return not _can_be_filled(source, values) or _can_be_filled(said, values)


def places(text: str) -> set[str]:
    """The names of what is filled in."""
    return {"".join(found) for found in PLACE.findall(text)}


def _can_be_filled(text: str, values: Mapping[str, str | int]) -> bool:
    try:
        text % values
    except (KeyError, ValueError, TypeError):
        return False
    return True
