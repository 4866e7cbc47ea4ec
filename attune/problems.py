"""What was wrong with some input, in plain words, and in which field.

Pydantic knows exactly what did not fit, and says it to programmers. People are told what to do;
never is what they sent said back to them.
"""

from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from attune.i18n import Message, say, say_n

PLAIN = {
    "missing": say("Something is missing here."),
    "too_short": say("Please write something here."),
    "string_too_long": say("This takes too much room. Shorten it."),
    "too_large": say("This takes too much room. Shorten it."),
    "int_parsing": say("Write a whole number here."),
    "int_from_float": say("Write a whole number here."),
    "int_type": say("Write a whole number here."),
    "float_parsing": say("Write a number here."),
    "float_type": say("Write a number here."),
    "finite_number": say("Write a number here."),
    "extra_forbidden": say("This does not belong here."),
    "literal_error": say("Choose one of what is offered."),
    "enum": say("Choose one of what is offered."),
    "string_pattern_mismatch": say("Choose one of what is offered."),
    "bool_parsing": say("Choose yes or no."),
    "bool_type": say("Choose yes or no."),
}
ANYTHING_ELSE = say("This does not fit here. Please check it.")


def first(error: ValidationError) -> tuple[Message, str]:
    """The first problem, as a sentence, and the path of its field (`options.1.label`)."""
    problem = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    return _plain(problem["type"], problem.get("ctx", {}), problem["msg"]), place


def of_text(error: PydanticCustomError) -> Message:
    """What is wrong with a text that was read by itself (`Text.read`)."""
    return _plain(error.type, error.context or {}, error.message())


def every(error: ValidationError) -> dict[str, Message]:
    """Every problem, by the path of its field with the numbers of rows (`options.0.label`)."""
    found: dict[str, Message] = {}
    for problem in error.errors(include_url=False, include_input=False):
        path = ".".join(str(part) for part in problem["loc"])
        message = _plain(problem["type"], problem.get("ctx", {}), problem["msg"])
        found.setdefault(path, message)
    return found


def _plain(  # noqa: PLR0911  # a table
    kind: str, context: dict[str, Any], text: str
) -> Message:
    match kind, context:
        case "too_long", {"over": int(over)}:
            return say_n(
                "Shorten this by one character.", "Shorten this by %(count)s characters.", over
            )
        case "too_long", {"max_length": int(most)}:
            return say("Choose %(most)s at most.", most=most)
        case "too_short", {"min_length": int(least)}:
            return say("Give %(least)s at least.", least=least)
        case "greater_than_equal", {"ge": least}:
            return say("Choose %(least)s or more.", least=f"{least:g}")
        case "less_than_equal", {"le": most}:
            return say("Choose %(most)s or less.", most=f"{most:g}")
        case "multiple_of", {"multiple_of": step}:
            return say("Go in steps of %(step)s.", step=f"{step:g}")
        case "value_error", _:
            return Message("%(text)s", {"text": say(text.removeprefix("Value error, "))})
    return PLAIN.get(kind, ANYTHING_ELSE)
