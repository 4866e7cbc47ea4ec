"""Everything that a room sees is in the room's language: the catalogues, and real pages.

The pages are looked at in Arabic, with a plan in Arabic: whatever has two Latin letters then is
a text of ours that was never marked, or lost its way to the translator.
"""

import gettext
import json
import re
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.support import Translations
from flask import current_app

import hatch_build
from attune import drawing, storing
from attune.app import babel
from attune.i18n import LANGUAGES, OF_FACILITATORS, Language, Message, say, say_n
from attune.kinds import kind_of
from attune.translating import PLACE, leave_out_what_does_not_fit, places
from bin import catalogues
from tests.facilitator.session import Phone
from tests.facilitator.visitor import Visitor
from tests.house import House
from tests.journeys.pages import Place, Prompt, Room
from tests.kinds.cases import SETTINGS
from tests.servers import AttuneServer

FILES = catalogues.catalogues()
NAMES = [file.parent.parent.name for file in FILES]

# Said to facilitators alone, and in English for now. All other files are translated.
OF_FACILITATORS_ALONE = {
    "attune/accounts.py",
    "attune/asking.py",
    "attune/audit.py",
    "attune/cli.py",
    "attune/commands.py",
    "attune/editing.py",
    "attune/forms/",
    "attune/frame.py",
    "attune/invitations.py",
    "attune/keys.py",
    "attune/review.py",
    "attune/leading.py",
    "attune/notes.py",
    "attune/pairing.py",
    "attune/plans.py",
    "attune/programmes.py",
    "attune/rehearsal/",
    "attune/resets.py",
    "attune/second_step.py",
    "attune/serving.py",
    "attune/following_up.py",
    "attune/terms.py",
    "attune/shares.py",
    "attune/templates/components/form.html",
    "attune/templates/components/keys.html",
    "facilitator/",
}
# Of the facilitator's side, what the room sees: the screen.
SEEN_BY_THE_ROOM = {
    "facilitator/templates/facilitator/_screen_looks.html",
    "facilitator/templates/facilitator/paper.html",
    "facilitator/templates/stage/screen/results.html",
    "facilitator/templates/stage/screen/stage.html",
    "facilitator/templates/stage/screen/status.html",
}


@pytest.fixture(scope="module")
def sources() -> Catalog:
    return catalogues.sources()


# --- the catalogues ---------------------------------------------------------------------------


def test_every_language_of_a_room_has_a_catalogue_and_a_name() -> None:
    assert list(LANGUAGES) == list(get_args(Language))
    assert sorted(NAMES) == sorted(set(LANGUAGES) - {"en"})


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_nothing_is_missing_fuzzy_or_without_its_places(file: Path) -> None:
    assert list(catalogues.problems(catalogues.read(file))) == []


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_a_catalogue_holds_what_the_sources_say_now(file: Path, sources: Catalog) -> None:
    catalogue = catalogues.read(file)
    before = {message.id for message in catalogue if message.id}
    now = {message.id for message in sources if message.id}
    assert now - before == set(), "run bin/translate"
    assert before - now == set(), "run bin/translate"
    assert catalogues.in_line_with(catalogue, sources) == file.read_text()


def test_only_what_facilitators_alone_see_is_left_out(sources: Catalog) -> None:
    inside = files_of(sources)
    outside = files_of(catalogues.sources(everything=True)) - inside
    assert {file for file in outside if not left_out(file)} == set()
    assert {file for file in inside if left_out(file)} == SEEN_BY_THE_ROOM
    assert [name for name in OF_FACILITATORS_ALONE if not (catalogues.ROOT / name).exists()] == []


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_what_is_compiled_is_what_was_written(file: Path) -> None:
    hatch_build.compile_translations()
    compiled = compiled_of(file)
    for message in catalogues.read(file):
        if message.id and not message.pluralizable:
            assert compiled.gettext(str(message.id)) == message.string


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_every_plural_sentence_says_its_number_in_every_form(file: Path) -> None:
    compiled = compiled_of(file)
    for message in catalogues.read(file):
        if not (message.id and message.pluralizable):
            continue
        names = places(message.id[1]) - {"count", "num"}
        for number in (0, 1, 2, 3, 7, 10, 11, 25, 99, 100, 101, 102, 103, 1000):
            values = dict.fromkeys(names, "x") | {"num": number}
            said = Message(message.id[0], values, message.id[1], number).said_by(
                compiled.gettext, compiled.ngettext
            )
            assert "%(" not in said
            assert str(number) in said or number <= 2, (said, number)


def test_arabic_counts_in_six_ways() -> None:
    arabic = compiled_of(FILES[NAMES.index("ar")])
    said = [
        say_n("%(count)s person", "%(count)s people", number).said_by(
            arabic.gettext, arabic.ngettext
        )
        for number in (0, 1, 2, 3, 11, 100)
    ]
    assert said == ["لا أحد", "شخص واحد", "شخصان", "3 أشخاص", "11 شخصًا", "100 شخص"]


def test_a_language_is_written_from_its_own_side() -> None:
    """No text of the Arabic catalogue is left in another script, but for names of things."""
    latin = {
        str(message.id)
        for message in catalogues.read(FILES[NAMES.index("ar")])
        if message.id
        and not message.pluralizable
        and re.search("[A-Za-z]{2}", PLACE.sub("", str(message.id)))
        and not re.search("[\u0600-\u06ff]", str(message.string))
    }
    assert latin == {"keys/live", "keys/kept"}


@pytest.mark.parametrize(
    ("source", "said", "found"),
    [
        ("Hello.", "", ["not translated"]),
        ("Hello %(name)s.", "Hallo.", ["other places than its source (Hallo.)"]),
        ("Hello.", "Hallo %(name)s.", ["other places than its source (Hallo %(name)s.)"]),
        ("So {much}.", "So {viel}.", ["other places than its source (So {viel}.)"]),
        (("%(count)s day", "%(count)s days"), ("ein Tag", "%(count)s Tage"), []),
        (("%(count)s day", "%(count)s days"), ("ein Tag", "Tage"), ["other places"]),
        (("%(count)s day", "%(count)s days"), ("ein Tag", ""), ["not translated"]),
        (("%(n)s, %(count)s day", "%(n)s, %(count)s days"), ("Tag", "%(n)s, %(count)s"), ["other"]),
        ("Hello %(name)s.", "Hallo %(name)s.", []),
    ],
)
def test_what_is_wrong_with_a_translation_is_found(
    source: Any, said: Any, found: list[str]
) -> None:
    catalogue = Catalog(locale="de")
    catalogue.add(source, said)
    problems = [what for _, what in catalogues.problems(catalogue)]
    assert len(problems) == len(found)
    assert all(what.startswith(wanted) for what, wanted in zip(problems, found, strict=True))


def test_a_fuzzy_translation_is_found() -> None:
    catalogue = Catalog(locale="de")
    catalogue.add("Hello.", "Hallo.", flags=["fuzzy"])
    assert [what for _, what in catalogues.problems(catalogue)] == ["fuzzy"]


@pytest.mark.parametrize(
    "content", [b"", b"nothing of the kind", struct.pack("<7I", 0x950412DE, 0, 9, 28, 100, 0, 0)]
)
def test_a_broken_file_costs_a_language_and_never_a_room(
    sqlite_house: House, tmp_path: Path, content: bytes
) -> None:
    broken = tmp_path / "translations" / "de" / "LC_MESSAGES" / "messages.mo"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(content)
    texts = babel.domain_instance
    kept = dict(texts.cache)
    try:
        texts.cache.clear()
        known = sqlite_house.app.extensions["babel"]
        known.translation_directories = [str(broken.parents[2])]
        drawing.read_translations(sqlite_house.app)
        with drawing.in_language("de"):
            assert drawing.tell(say("Thank you.")) == "Thank you."
            assert drawing.tell(say_n("%(count)s person", "%(count)s people", 3)) == "3 people"
    finally:
        texts.cache.clear()
        texts.cache.update(kept)


def compiled(folder: Path, *said: tuple[str, str], plurals: str = "") -> Path:
    """A catalogue as a translator might have left it; the folder it is in."""
    catalogue = Catalog(locale="de")
    for source, text in said:
        catalogue.add(source, text)
    file = folder / "translations" / "de" / "LC_MESSAGES" / "messages.mo"
    file.parent.mkdir(parents=True)
    with file.open("wb") as binary:
        write_mo(binary, catalogue)
    if plurals:  # of the same length: the file says where each text begins
        before = catalogue.plural_forms.encode()
        file.write_bytes(file.read_bytes().replace(before, plurals.encode().ljust(len(before))))
    return file.parents[2]


@contextmanager
def in_german_of(house: House, folder: Path) -> Iterator[None]:
    texts, known = babel.domain_instance, house.app.extensions["babel"]
    kept, folders = dict(texts.cache), known.translation_directories
    try:
        texts.cache.clear()
        known.translation_directories = [str(folder)]
        drawing.read_translations(house.app)
        with drawing.in_language("de"):
            yield
    finally:
        known.translation_directories = folders
        texts.cache.clear()
        texts.cache.update(kept)


def drawn(source: str, **values: Any) -> str:
    """As a template says it."""
    return current_app.jinja_env.from_string(source).render(**values)


def test_an_old_catalogue_is_told_where_it_has_words_and_in_english_where_not(
    sqlite_house: House, tmp_path: Path
) -> None:
    folder = compiled(tmp_path, ("Thank you.", "Danke."), ("Long gone.", "Lange weg."))
    with in_german_of(sqlite_house, folder):
        assert drawing.tell(say("Thank you.")) == "Danke."
        assert drawing.tell(say("Results are with the room.")) == "Results are with the room."
        assert drawn("{{ _('Thank you.') }} {{ _('Not now') }}") == "Danke. Not now"


@pytest.mark.parametrize(
    "said",
    [
        *("Hallo %(nmae)s.", "Hallo.", "Hallo %(name).", "Hallo %(name", "Hallo %s."),
        *("Hallo %(name)s %(more)s.", "100 % %(name)s", "Hallo %(name)d."),
    ],
)
def test_a_text_whose_places_are_broken_is_told_in_english_and_nothing_else_is(
    sqlite_house: House, tmp_path: Path, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    folder = compiled(tmp_path, ("Hello %(name)s.", said), ("Thank you.", "Danke."))
    with in_german_of(sqlite_house, folder):
        assert drawing.tell(say("Hello %(name)s.", name="Jo")) == "Hello Jo."
        assert drawn("{{ _('Hello %(name)s.', name='Jo') }}") == "Hello Jo."
        assert drawing.tell(say("Thank you.")) == "Danke."
    assert "Of the translation de, 1 texts are broken" in caplog.text
    assert "Hallo" not in caplog.text


def test_a_plural_whose_places_are_broken_is_told_in_english(
    sqlite_house: House, tmp_path: Path
) -> None:
    source: Any = ("%(num)d phone", "%(num)d phones")
    folder = compiled(tmp_path, (source, ("%(num)d Handy", "%(nun)d Handys")))  # type: ignore[arg-type]
    with in_german_of(sqlite_house, folder):
        asked = "{{ ngettext('%(num)d phone', '%(num)d phones', many) }}"
        assert [drawn(asked, many=many) for many in (1, 2)] == ["1 Handy", "2 phones"]


@pytest.mark.parametrize("plurals", ["nplurals=2; plural=n/0;", "nplurals=2; plural=os.n;"])
def test_a_rule_for_plurals_that_fails_costs_a_language_and_never_a_room(
    sqlite_house: House, tmp_path: Path, plurals: str
) -> None:
    folder = compiled(tmp_path, ("Thank you.", "Danke."), plurals=plurals)
    with in_german_of(sqlite_house, folder):
        assert drawing.tell(say_n("%(count)s person", "%(count)s people", 3)) == "3 people"
        assert drawing.tell(say("Thank you.")) == "Thank you."


def test_the_catalogues_that_ship_lose_no_text_by_this() -> None:
    for file in FILES:
        loaded = compiled_of(file)
        assert leave_out_what_does_not_fit(loaded) == 0, file  # type: ignore[arg-type]


# --- a room in Arabic -------------------------------------------------------------------------

LEADER = "سلمى"
TITLE = "مجموعة الثلاثاء"
HELP = "شخص قريب منك."
# Ours and nobody's word: the square code, the address that people type, and the code itself.
NAMES_OF_THINGS = re.compile(r"\bQR\b|\bAttune\b|127\.0\.0\.1:\d+|\b[0-9A-Z]{4}[-\s]*[0-9A-Z]{4}\b")
ATTRIBUTES = ("aria-label", "alt", "placeholder", "title", "data-empty", "data-in", "data-out")

LINE = {"label": "ما مدى الثبات؟", "low": "قليل", "high": "كثير"}
TALK = {"label": "الأول", "prompt": "ما الذي ساعد؟", "minutes": 1.5}
STEPS: Mapping[str, list[dict[str, Any]]] = {
    "affect": [{"ask_wish": True}, {"cells": 3}],
    "breath": [{"after_check": True}, {"guide": "words"}],
    "choice": [
        {
            "options": [{"label": "شاي"}, {"label": "ماء"}, {"label": "راحة"}],
            "mode": "multiple",
            "max_picks": 2,
            "allow_other": True,
        },
        {"options": [{"label": "نعم"}, {"label": "لا"}], "display": "words"},
    ],
    "closing": [{"ratings": ["safe", "useful", "heard"], "change_ask": True}],
    "pairs": [
        {
            "steps": [TALK | {"role": role} for role in ("all", "a", "b", "c")],
            "capture": "one_line",
        },
        {"steps": [TALK], "form": "triads", "matching": "facilitator"},
    ],
    "scale": [
        {"items": [LINE]},
        {"items": [LINE, LINE | {"label": "ما الإيقاع؟", "middle": "بين"}], "numbers": True},
    ],
    "slide": [
        {"body": "# عنوان", "reactions": True, "certainty": "debated", "source": "كتاب"},
        {"body": "نص [رابط](https://example.org)", "certainty": "promising"},
    ],
    "questions": [{}, {"max_per_person": 1, "upvote": False, "stay_open": False}],
    "wall": [{"columns": ["البيت", "العمل"], "max_cards": 2}],
    "weather": [{"word": True}, {"set": "ground"}, {"set": "pace"}],
    "words": [{"max_words": 3, "starters": ["هدوء"]}, {"max_words": 1, "display": "cloud"}],
}
NOTES = [{"text": "شاي معًا", "col": "c1"}, {"text": "مشينا"}]
WRITTEN = {
    "cards": NOTES,
    "asks": ["ماذا لو كنت أنا من يحتاج إلى الهدوء؟"],
    "word": "سلام",
    "words": ["سلام"],
    "other": "مشي",
    "change": "وقت",
    "line": "سطر",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    server = AttuneServer(tmp_path_factory.mktemp("arabic"), {"ATTUNE_HELP_TEXT": HELP}).start()
    try:
        salma = Visitor(server.url)
        assert salma.sets_up(server.setup_link(), name=LEADER).status_code == 303
        yield Place(server, None, salma)  # type: ignore[arg-type]  # nobody looks with a browser
    finally:
        server.stop()


def test_an_arabic_room_has_steps_of_every_kind() -> None:
    assert set(STEPS) == set(SETTINGS)


@pytest.mark.parametrize("kind", sorted(STEPS))
def test_no_english_word_is_on_any_page_of_an_arabic_room(place: Place, kind: str) -> None:
    frame = {"title": "كيف الحال؟", "content_note": ""}
    prompts = [Prompt(kind, settings, frame) for settings in STEPS[kind]]
    room = in_arabic(place, *prompts)
    phones = room.phones(6)
    for number, prompt in enumerate(prompts, 1):
        room.does("rounds", step=room.plan["steps"][number - 1]["id"], seen=number - 1)
        looked_at(room, phones[0], f"{kind} {number} open")
        if room.does(f"rounds/{number}/progress", to=1).status_code == 200:
            looked_at(room, phones[0], f"{kind} {number} further on")
        if not asks(prompt):
            continue
        for phone in phones:
            phone.gives(number, some_answer(prompt, seed=phones.index(phone)))
        looked_at(room, phones[0], f"{kind} {number} given")
        room.closes(number)
        looked_at(room, phones[0], f"{kind} {number} closed")
        room.previews(number)
        for form in ("full", "soft", "words"):
            if room.does(f"rounds/{number}/release", form=form).status_code == 200:
                looked_at(room, phones[0], f"{kind} {number} {form}")
        for to in (1, 2):  # what can be marked is shown in words by now, and then in full
            room.does(f"rounds/{number}/release", form="full")
            if room.does(f"rounds/{number}/progress", to=to).status_code == 200:
                looked_at(room, phones[0], f"{kind} {number} marked {to}")


def test_no_english_word_is_on_the_way_in_and_out_of_an_arabic_room(place: Place) -> None:
    noted = {"title": "كيف الحال؟", "content_note": "عن لحظة صعبة."}
    room = in_arabic(place, Prompt("weather", {}, noted), quick_exit=True)
    stranger = Visitor(place.url)
    code = room.room()["code"]
    is_arabic(stranger.opens(f"/join/{code}").text, "consent")
    for path in ("/", "/nowhere", "/join/BCDF-GHJK"):
        asked = stranger.opens(path, **{"Accept-Language": "ar-EG,ar;q=0.9,en;q=0.8"})
        is_arabic(asked.text, path)
    [phone] = room.phones(1)
    looked_at(room, phone, "lobby")
    room.must("entry", entry="admit")
    [waiting] = room.phones(1)
    is_arabic(waiting.opens(waiting.path).text, "door")
    room.must("opening")
    looked_at(room, phone, "begun")
    room.puts_step()
    looked_at(room, phone, "note")
    room.closes(1, grace=30)
    looked_at(room, phone, "closing")
    room.closes(1)
    room.previews(1)
    looked_at(room, phone, "held")
    room.ends()
    is_arabic(phone.opens(phone.path).text, "ended")
    is_arabic(room.opens(f"{room.path}/screen").text, "ended, screen")


def test_what_is_pushed_and_refused_is_in_the_rooms_language(place: Place) -> None:
    room = in_arabic(place, Prompt("choice", STEPS["choice"][0], {"title": "كيف الحال؟"}))
    [phone] = room.phones(1)
    room.puts_step()
    regions = phone.asks_for(f"{phone.path}/regions")["regions"]
    assert regions
    for region in regions:
        assert latin_in(region["html"]) == []
    for sent in ("{}", '{"picks": ["a", "b", "c"]}', '{"picks": ["z"]}', "not json"):
        refused = phone.posts(f"{phone.path}/rounds/1/answer", {"answer": sent, "idem": "0" * 32})
        message = refused.json()["error"]["message"]
        assert re.search("[\u0600-\u06ff]", message), message
        assert latin_in(message) == []


def test_what_we_store_is_told_in_the_browsers_language(place: Place) -> None:
    told = {
        language: Visitor(place.url).opens("/what-we-store", **{"Accept-Language": language}).text
        for language in LANGUAGES
    }
    for language, page in told.items():
        assert f'<html lang="{language}"' in page
    names = {part for table in storing.tables() for part in table.name.split("_")}
    left = set(latin_in(re.sub(r"<code>[^<]*</code>", "", told["ar"]))) - names
    assert left == IN_OUR_TABLES


def test_the_console_of_an_arabic_room_stays_in_the_facilitators_language(place: Place) -> None:
    room = in_arabic(place, Prompt("weather", {}, {"title": "كيف الحال؟"}))
    room.phones(1)
    room.puts_step()
    page = room.opens(room.path).text
    assert f'<html lang="{OF_FACILITATORS}" dir="ltr"' in page
    assert "Close and preview" in page
    assert "Close and preview" in room.regions()["now"]
    assert '<html lang="en" dir="ltr"' in room.opens("/home", **{"Accept-Language": "ar"}).text


def test_whoever_opens_a_room_chooses_its_language(place: Place) -> None:
    room = place.room(Prompt("weather", {}, {"title": "Wie geht es?"}))
    plan = f"/plans/{room.plan['id']}"
    offered = re.findall(r'<option value="(\w+)"', select_of(room.opens(plan).text, "f-language"))
    assert offered == list(LANGUAGES)
    opened = room.posts(f"{plan}/rooms", {"title": "Dienstag", "language": "de"}, {})
    room.ref = opened.headers["Location"].rsplit("/", 1)[-1]
    consent = Visitor(place.url).opens(f"/join/{room.room()['code']}").text
    assert '<html lang="de" dir="ltr"' in consent
    assert "Willkommen bei Dienstag" in consent
    refused = room.posts(f"{plan}/rooms", {"title": "Dienstag", "language": "xx"})
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "language")


def test_an_english_word_would_be_found_wherever_it_stands() -> None:
    assert latin_in("<p>Hello <b>you</b></p>") == ["Hello", "you"]
    assert latin_in('<i aria-label="Clear"></i><template><p>Copied.</p></template>') == [
        "Copied",
        "Clear",
    ]
    assert latin_in('<p class="soft"><code>BCDF</code> <span>GHJK</span> {count}</p>') == []


# --- what the tests above are made of ---------------------------------------------------------

# Values that stand in columns, a cookie and two folders: whoever looks at them needs their names.
IN_OUR_TABLES = {
    *("held", "review", "shown", "open", "closed", "lobby", "live", "ending", "ended"),
    *("forgotten", "admit", "locked", "owner", "lead", "co", "attune", "keys", "kept"),
}


def files_of(catalogue: Catalog) -> set[str]:
    return {file for message in catalogue for file, _ in message.locations}


def left_out(file: str) -> bool:
    return any(
        file == name or (name.endswith("/") and file.startswith(name))
        for name in OF_FACILITATORS_ALONE
    )


def compiled_of(file: Path) -> gettext.GNUTranslations:
    hatch_build.compile_translations()
    folder, language = file.parents[2], file.parent.parent.name
    loaded = Translations.load(folder, [language])
    assert isinstance(loaded, gettext.GNUTranslations)
    return loaded


def in_arabic(place: Place, *prompts: Prompt, **settings: Any) -> Room:
    return place.room(*prompts, title=TITLE, language="ar", **settings)


def asks(prompt: Prompt) -> bool:
    kind = kind_of(prompt.kind)
    return kind.asks(kind.read_settings(dict(prompt.settings)))


def some_answer(prompt: Prompt, seed: int) -> Any:
    """Something plausible, with whatever can be written in it written in Arabic."""
    kind = kind_of(prompt.kind)
    made = kind.some(kind.read_settings(dict(prompt.settings)), Random(seed))
    answer = json.loads(made.model_dump_json(exclude_none=True))
    own = {} if prompt.kind == "affect" else WRITTEN  # whose word is chosen, and is ours
    return {name: own.get(name, value) for name, value in answer.items()}


def looked_at(room: Room, phone: Phone, where: str) -> None:
    """The phone and the screen."""
    is_arabic(phone.opens(phone.path).text, f"{where}, phone")
    is_arabic(room.opens(f"{room.path}/screen").text, f"{where}, screen")


def is_arabic(page: str, where: str) -> None:
    assert '<html lang="ar" dir="rtl"' in page, where
    assert latin_in(page) == [], where


def latin_in(html: str) -> list[str]:
    """The words in Latin letters that somebody reads or hears on this page."""
    html = re.sub(r"(?s)<(script|style)\b.*?</\1>|<!--.*?-->", " ", html)
    heard = re.findall(rf'(?:{"|".join(ATTRIBUTES)})="([^"]*)"', html)
    said = unescape(" ".join([re.sub(r"<[^>]*>", " ", html), *heard]))
    # The script fills {places} in.
    said = NAMES_OF_THINGS.sub(" ", re.sub(r"\{\w+\}", " ", said))
    return re.findall(r"[A-Za-z]{2,}", said)


def select_of(page: str, id: str) -> str:
    found = re.search(rf'(?s)<select id="{id}".*?</select>', page)
    assert found
    return found[0]
