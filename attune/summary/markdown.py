"""The summary as Markdown: for reading, and for pasting into a note."""

import re
from collections.abc import Iterator, Sequence

from attune.display.cards import NO_THEME
from attune.i18n import Message, say, say_n
from attune.summary import Document, Say

OUTCOMES = {
    "shown": say("Shown to the group."),
    "softened": say("Shown to the group in the softened form."),
    "words": say("Said to the group in words."),
    "held": say("Held: not enough answers to show safely."),
    "not_shown": say("Not shown to the group."),
    "lost": say("Lost: the key that opens it was missing when the room ended."),
}


def markdown(document: Document, part: str, tell: Say) -> str:
    """One part of the document, `group` or `facilitator`, as CommonMark text."""
    lines = [*_head(document, part, tell)]
    for step in document[part]["steps"]:
        lines += _step(step, tell)
    lines += _foot(document, part, tell)
    return "\n".join(lines).strip() + "\n"


def _head(document: Document, part: str, tell: Say) -> Iterator[str]:
    yield f"# {escaped(document['title'])}"
    yield ""
    yield tell(say("%(day)s, led by %(name)s.", day=document["day"], name=document["leader"]))
    if not document["final"]:
        yield ""
        yield f"**{tell(say('Not final: the room has not ended yet.'))}**"
    if part == "facilitator":
        yield ""
        yield tell(say("People at the end: %(n)s.", n=document["people"]))
        yield from _note(document["facilitator"], tell)


def _step(step: Document, tell: Say) -> Iterator[str]:
    yield ""
    yield f"## {step['round']}. {escaped(step['step'])}"
    if step["invitation"]:
        yield ""
        yield f"*{escaped(step['invitation'])}*"
    if step["handout"]:
        yield ""
        yield step["handout"]
    if step.get("outcome") in OUTCOMES:
        yield ""
        yield tell(OUTCOMES[step["outcome"]])
        if step["answers"] is not None:
            totals = say(
                "Answers: %(answers)s. Passes: %(passes)s.",
                answers=step["answers"],
                passes=step["passes"],
            )
            yield ""
            yield tell(totals)
        for sentence in step["noticed"]:
            yield ""
            yield sentence
        if step.get("left"):  # documents that are older have none
            yield ""
            yield escaped(step["left"]["said"])
    for section in step["sections"]:
        yield from _section(section, tell)
    yield from _note(step, tell)


def _note(part: Document, tell: Say) -> Iterator[str]:
    """What the facilitator who reads this wrote, if they added it."""
    if part.get("note"):
        yield ""
        yield f"**{tell(say('Your note'))}**"
        yield ""
        yield escaped(part["note"])


def _section(section: Document, tell: Say) -> Iterator[str]:
    if section["title"]:
        yield ""
        yield f"### {escaped(section['title'])}"
    before, change = section.get("before"), section.get("change")
    if before:
        yield from _named(say("Before"), before, tell)
        yield from _counts(before, tell)
        yield from _named(say("Now"), section, tell)
    else:
        yield from _sentences(section)
    yield from _texts(section["texts"], tell)
    yield from _counts(section, tell)
    if change:
        yield ""
        yield f"**{tell(say('What changed'))}**"
        yield from _sentences(change)


def _texts(texts: Sequence[Document], tell: Say) -> Iterator[str]:
    """The cards under their headings; without any, a list."""
    themes = dict.fromkeys(text["theme"] for text in texts)
    for theme in themes:
        if len(themes) > 1 or theme:
            yield ""
            yield f"**{escaped(theme or tell(NO_THEME))}**"
        yield ""
        for text in texts:
            if text["theme"] == theme:
                yield f"- {escaped(text['text'])}{_others(text['also'], tell)}"


def _others(count: int | None, tell: Say) -> str:
    if not count:
        return ""
    return f" ({tell(say_n('True for %(count)s other', 'True for %(count)s others', count))})"


def _named(name: Message, section: Document, tell: Say) -> Iterator[str]:
    """One of two times, with how many answered; in words no number is said."""
    answered = say("%(n)s answered", n=section["n"])
    number = "" if section["form"] == "words" else f" ({tell(answered)})"
    yield ""
    yield f"**{tell(name)}**{number}"
    yield from _sentences(section)


def _sentences(part: Document) -> Iterator[str]:
    for sentence in part["sentences"]:
        yield ""
        yield escaped(sentence)
    if part.get("by_hand"):  # documents that are older have none
        yield ""
        yield escaped(part["by_hand"]["said"])


def _counts(section: Document, tell: Say) -> Iterator[str]:
    counted = [count for count in section["counts"] if count["count"] is not None]
    if counted:
        yield ""
        yield f"| {tell('Answer')} | {tell('People')} |"
        yield "| --- | ---: |"
        for count in counted:
            yield f"| {escaped(count['category'])} | {count['count']} |"


def _foot(document: Document, part: str, tell: Say) -> Iterator[str]:
    yield ""
    yield "---"
    yield ""
    yield tell(_KEPT_PRIVATE)
    if part == "facilitator":
        yield ""
        yield tell(_NOT_IN_HERE)
    if document["help_text"]:
        yield ""
        yield escaped(document["help_text"])


_KEPT_PRIVATE: Message = say(
    "Answers were given without names, mixed by the server, and shown only from enough people on. "
    "The last tie between answers and phones is gone."
)
_NOT_IN_HERE: Message = say(
    "Not in here: results with too few answers, and who gave what. Nobody can find that out."
)


def escaped(text: str) -> str:
    """The text with everything that Markdown or HTML would read as a sign taken literally."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~&])", r"\\\1", text.replace("\n", "  \n"))
