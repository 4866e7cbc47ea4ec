"""Bring attune/translations in line with the sources, and say what is still to be translated.

A catalogue is the translators' own: what they wrote is kept word for word, and a text that
changed in the source is a new text. Nothing is guessed, so nothing is ever "fuzzy".
"""

import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from attune.translating import places

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "attune" / "translations"
PARTS = ("attune", "facilitator", "participant", "realtime")
EVERYTHING = (
    [("**.py", "python"), ("**.html", "jinja2")],
    {"**.html": {"silent": "false"}},
)
KEYWORDS = DEFAULT_KEYWORDS | parse_keywords(["N_", "say", "say_n:1,2"])
# Babel's own table gives Arabic's last two forms the other way round than Unicode's does.
PLURALS = {
    "ar": (
        "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
        "n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
    )
}
# No dates and no names: the file changes only when a text does.
HEADER = r"""# What people in a room see. bin/translate keeps this in line with the sources.
msgid ""
msgstr ""
"Language: {language}\n"
"Plural-Forms: {plurals}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""


def main(arguments: list[str]) -> int:
    """Update (or only check) every catalogue; 0 when nothing is missing."""
    check = "--check" in arguments
    for language in set(arguments) - {"--check"}:
        _begin(language)
    found = sources()
    complete = True
    for file in catalogues():
        before = file.read_text()
        catalogue = read(file)
        updated = in_line_with(catalogue, found)
        if not check:
            file.write_text(updated)
        stale = updated != before and check
        wrong = [*problems(read_po(io.BytesIO(updated.encode())))]
        complete = complete and not wrong and not stale
        print(f"{_name(file)}: {len(catalogue)} texts, {len(wrong)} to be looked at")
        if stale:
            print("  It is not what the sources say now: run bin/translate.")
        for text, what in wrong:
            print(f"  {what}: {text}")
    return 0 if complete else 1


def sources(*, everything: bool = False) -> Catalog:
    """Every text of the sources that babel.cfg names; with `everything`, of all sources."""
    if everything:
        methods, options = EVERYTHING
    else:
        with (ROOT / "babel.cfg").open() as lines:
            methods, options = parse_mapping_cfg(lines)  # type: ignore[no-untyped-call]
    found = Catalog()
    inside = extract_from_dir(
        ROOT, methods, options, keywords=KEYWORDS, directory_filter=_is_source
    )
    for file, _, text, comments, context in inside:
        found.add(text, None, [(file, 1)], (), comments, context=context)
    return found


def catalogues() -> list[Path]:
    return sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))


def read(file: Path) -> Catalog:
    with file.open("rb") as content:
        return read_po(content, locale=file.parent.parent.name)


def in_line_with(catalogue: Catalog, found: Catalog) -> str:
    """The catalogue with exactly the texts of the sources, as its file is to be written."""
    catalogue.update(found, no_fuzzy_matching=True)
    written = io.BytesIO()
    write_po(
        written,
        catalogue,
        width=96,
        omit_header=True,
        sort_by_file=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    language = str(catalogue.locale)
    plurals = PLURALS.get(language, catalogue.plural_forms)
    return HEADER.format(language=language, plurals=plurals) + written.getvalue().decode()


def problems(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """Each text that is not translated, or not with exactly the places of its source."""
    for message in catalogue:
        if message.id:
            yield from ((_first(message.id), what) for what in _problems(catalogue, message))


def _problems(catalogue: Catalog, message: Message) -> Iterator[str]:
    said = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if message.fuzzy:
        yield "fuzzy"
    if not all(said) or (message.pluralizable and len(said) != catalogue.num_plurals):
        yield "not translated"
        return
    wanted = places(_last(message.id))
    # A form for one number alone, such as "two phones", may say the number in words.
    counted = {"count", "num"} if message.pluralizable else set()
    for number, text in enumerate(said):
        spoken = number < len(said) - 1 - (catalogue.num_plurals == 6) * 2  # noqa: PLR2004
        allowed = counted if spoken else set()
        if not wanted - allowed <= places(str(text)) <= wanted:
            yield f"other places than its source ({text})"


def _last(text: Sequence[str] | str) -> str:
    return text if isinstance(text, str) else text[-1]


def _begin(language: str) -> None:
    file = FOLDER / language / "LC_MESSAGES" / "messages.po"
    if file.exists():
        return
    file.parent.mkdir(parents=True)
    file.write_text(in_line_with(Catalog(locale=Locale.parse(language)), Catalog()))
    print(f"Begun: {file.relative_to(ROOT)}. Name the language in attune/i18n.py too.")


def _is_source(folder: str) -> bool:
    return Path(folder).relative_to(ROOT).parts[0] in PARTS


def _name(file: Path) -> str:
    return file.parent.parent.name


def _first(text: Sequence[str] | str) -> str:
    return text if isinstance(text, str) else text[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
