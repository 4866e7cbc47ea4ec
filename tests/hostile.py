"""Hostile input: texts that try to be more than texts, and values that nearly fit a schema.

Whatever is generated is made from the schemas themselves, so that a new event, kind or form is
attacked without a change here. All of it is derandomised: a run is the same each time.
"""

import json
import string
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from attune import kinds

# The same examples in every run; nothing is shrunk, since a server that fell over stays so.
SAME_EACH_TIME = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

# What each of them would do where it is taken for more than a text. `evil` is looked for in pages:
# as the name of a tag, of an attribute, of something that ran.
WORDS: Mapping[str, str] = {
    "a script": "<script>window.evil=1</script>",
    "a picture": "<img src=x onerror=window.evil=1>",
    "an element": "<evil-tag data-evil=1>",
    "out of an attribute": '" data-evil=1 onfocus=window.evil=1 autofocus x="',
    "out of the other quotes": "' data-evil='1",
    "out of a text box": "</textarea></title></style></template><evil-tag>",
    "a comment": "--><evil-tag><!--",
    "a style": "</style><style>*{display:none}</style>",
    "an address": "javascript:window.evil=1",
    "a link": "[evil](javascript:window.evil=1)",
    "a picture in marks": '![evil](x" onerror="window.evil=1)',
    "template": "{{9359*1000003}}{% raw %}{{config}}",
    "percent": "%(name)s%s%n%d{0}{name}",
    "a formula": "=HYPERLINK(A1)",
    "plus": "+1+1",
    "minus": "-1+cmd|' /C calc'!A0",
    "at": "@SUM(1)",
    "a tab first": "\t=1+1",
    "a line first": "\r\n=1+1",
    "quotes and commas": '",=1+1;"',
    "right to left": "a\u202egnp.exe\u2066b\u2069",
    "cannot be seen": "a\u200b\u200d\ufeff\u2060b",
    "control": "a\x00\x07\x1b[31m\x7f\x9fb",
    "four bytes": "🧩👩‍👩‍👧‍👦🇩🇪\U0001d538",
    "piled up": "Z" + "\u0300\u0316\u0489" * 12,
    "very long": "unbroken" * 40,
    "path": "../../../../etc/passwd",
    "SQL": "' OR 1=1; DROP TABLE room; --",
    "header": "a\r\nSet-Cookie: evil=1",
    "not a character": "\ufffe\uffff\ue000",
}

_ODD: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 1e300, 2**31, 2**63, 2**70, "", "0", "a" * 32),
    *([], {}, [[]], {"": {}}, {"__proto__": 1}, "\x00", "null"),
    {"_placeholder": True, "num": 0},
]
odd = st.sampled_from([*_ODD, *WORDS.values()])
anything = st.recursive(
    odd,
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from(["round", "idem", "answer", "a", "é", ""]), inside)
    ),
    max_leaves=6,
)


def of_model(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    """JSON values that fit the model, nearly fit it, or have something foul inside."""
    schema = model.model_json_schema()
    return _of(json.dumps(schema), json.dumps(schema.get("$defs", {})))


@cache
def _of(text: str, defs: str) -> st.SearchStrategy[Any]:
    fits = _fits(json.loads(text), defs)
    return st.one_of(fits, fits, fits, fits, anything)


def _fits(schema: Mapping[str, Any], defs: str) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return st.deferred(lambda: _of(json.dumps(json.loads(defs)[name]), defs))
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return st.one_of([_of(json.dumps(part), defs) for part in schema[several]])
    return _of_type(schema, defs)


def _of_type(schema: Mapping[str, Any], defs: str) -> st.SearchStrategy[Any]:
    match schema.get("type"):
        case "object":
            return _object(schema, defs)
        case "array":
            item = _of(json.dumps(schema.get("items", {})), defs)
            return st.lists(item, max_size=min(schema.get("maxItems", 3), 4))
        case "integer":
            least = schema.get("minimum", -3)
            return st.integers(least, min(schema.get("maximum", 5), least + 9))
        case "string":
            return _string(schema)
        case "boolean":
            return st.booleans()
    return anything


def _object(schema: Mapping[str, Any], defs: str) -> st.SearchStrategy[Any]:
    required = set(schema.get("required", ()))
    known = {
        name: _of(json.dumps(part), defs) for name, part in schema.get("properties", {}).items()
    }
    if not known:
        return st.dictionaries(st.sampled_from(["a", "b", "i1"]), anything, max_size=2)
    return st.fixed_dictionaries(
        {name: value for name, value in known.items() if name in required},
        optional={name: value for name, value in known.items() if name not in required},
    )


def _string(schema: Mapping[str, Any]) -> st.SearchStrategy[str]:
    if "pattern" in schema:
        return st.sampled_from(["0123456789abcdef" * 2, "a", "b", "f" * 32, "", "A"])
    return st.sampled_from([*WORDS.values(), "tea", "", "a", "b", string.printable])


def answers() -> st.SearchStrategy[Any]:
    """Answers of every kind there is."""
    return st.one_of([of_model(kind.answer) for kind in kinds.kinds().values()])


# --- what became of it ------------------------------------------------------------------------


class _Looks(HTMLParser):
    """Finds what a hostile text would have made of a page, had it been more than a text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag.startswith("evil") or tag == "style" or (tag == "script" and "src" not in has):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            runs = name.startswith("on") or name == "style" or "evil" in name
            leads = (value or "").strip().lower().startswith(("javascript:", "vbscript:"))
            if runs or (leads and name in ("href", "src", "action", "formaction", "xlink:href")):
                self.found.append(f"{tag} {name}")


def not_inert(page: str) -> list[str]:
    """The tags and attributes that hostile words have become; none, or they are still words."""
    looks = _Looks()
    looks.feed(page)
    worked_out = ["a template that was worked out"] if "9359028077" in page else []
    return looks.found + worked_out
