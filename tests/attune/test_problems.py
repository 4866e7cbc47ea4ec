"""What is wrong with an answer is said in plain words, at its field, without repeating it."""

import pytest

from attune.errors import NotAnAnswer, TooLarge
from attune.kinds import kind_of
from tests.house import CHOICE, CLOSING, Prompt


@pytest.mark.parametrize(
    ("prompt", "answer", "field", "words"),
    [
        (CHOICE, {"picks": ["z"]}, "picks", "Choose one of what is offered."),
        (CHOICE, {"picks": ["c", "d"]}, "picks", ""),
        (CHOICE, {"name": "Mara"}, "name", "This does not belong here."),
        (CLOSING, {"safe": 9}, "safe", "Choose 5 or less."),
        (CLOSING, {"safe": 0}, "safe", "Choose 1 or more."),
        (CLOSING, {"word": "x" * 44}, "word", "Shorten this by 14 characters."),
    ],
)
def test_a_problem_is_said_at_its_field(
    prompt: Prompt, answer: object, field: str, words: str
) -> None:
    kind = kind_of(prompt.kind)
    with pytest.raises(NotAnAnswer) as refused:
        kind.read_answer(kind.read_settings(dict(prompt.settings)), answer)
    assert refused.value.field == field
    assert words in str(refused.value)


def test_a_pile_of_marks_is_too_large_in_the_words_of_the_protocol() -> None:
    kind = kind_of(CLOSING.kind)
    with pytest.raises(TooLarge):
        kind.read_answer(kind.read_settings(dict(CLOSING.settings)), {"word": "a" + "\u0323" * 500})
