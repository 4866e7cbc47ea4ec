"""What a browser without script would send from a page: the pairs of one of its forms."""

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

Pairs = list[tuple[str, str]]


class _Form(HTMLParser):
    """The successful controls of the form with this id, buttons left out."""

    def __init__(self, id: str) -> None:
        super().__init__()
        self.id = id
        self.pairs: Pairs = []
        self._inside = False
        self._area: str | None = None
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self._inside = values.get("id") == self.id
        if not self._inside or "disabled" in values:
            return
        name = values.get("name") or ""
        if tag == "input" and name and "form" not in values:
            ticked = values.get("type") not in ("checkbox", "radio") or "checked" in values
            if ticked:
                self.pairs.append((name, values.get("value") or ""))
        elif tag == "textarea" and "form" not in values:
            self._area, self._text = name, ""
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option":
            self._options.append((values.get("value") or "", "selected" in values))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._area is not None:
            self.pairs.append((self._area, self._text.removeprefix("\n")))
            self._area = None
        elif tag == "select" and self._select is not None:
            chosen = [value for value, selected in self._options if selected]
            first = [value for value, _ in self._options[:1]]
            self.pairs.append((self._select, (chosen or first)[0]))
            self._select = None


def form_of(page: str, id: str = "edit") -> Pairs:
    """The pairs that this form of the page would send."""
    form = _Form(id)
    form.feed(page)
    return form.pairs


def with_values(pairs: Pairs, values: Mapping[str, str]) -> Pairs:
    """The same with other words in some fields, each of which has to be there."""
    names = {name for name, _ in pairs}
    assert values.keys() <= names, values.keys() - names
    return [(name, values.get(name, value)) for name, value in pairs]


def typed(pairs: Pairs) -> Iterator[tuple[str, str]]:
    """What a person typed or chose: not the token, not the page's own numbers."""
    own = ("csrf_token", "revision", "step", "kind", "position")
    return (pair for pair in pairs if pair[0] not in own)
