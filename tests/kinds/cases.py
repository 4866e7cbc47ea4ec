"""Every kind with settings that make it show each of its parts, for tests that hold for all."""

from typing import Any

from attune.kinds import AnyKind, find, kind_of
from tests.kinds.drawing import THROWAWAY

OPTIONS = [{"label": label} for label in ("Talking", "Walking", "A rest", "Music")]
TALK = [
    {"label": "One", "prompt": "What helped?", "minutes": 0.5, "role": "a"},
    {"label": "Two", "prompt": "What helped you?", "minutes": 1, "role": "b"},
    {"label": "Both", "prompt": "What do you take along?", "minutes": 2.5},
]

LINES = [
    {"label": "How steady do you feel?", "low": "not steady", "high": "very steady"},
    {"label": "How heard?", "low": "not at all", "middle": "partly", "high": "fully"},
    {"label": "The pace", "low": "far too slow for me right now", "high": "far too fast for me"},
]

SETTINGS: dict[str, list[dict[str, Any]]] = {
    "affect": [
        {},
        {"cells": 3},
        {"cells": 5, "words": False},
        {"cells": 9, "ask_wish": True, "x_low": "far", "x_high": "near"},
    ],
    "breath": [
        {},
        {"after_check": True},
        {"guide": "bar", "hold_in_s": 1, "hold_out_s": 1, "after_check": True},
        {"guide": "words", "inhale_s": 3.5, "exhale_s": 4.5, "cycles": 8, "sound": True},
    ],
    "choice": [
        {"options": OPTIONS},
        {"options": OPTIONS, "allow_other": True, "display": "words"},
        {"options": OPTIONS, "mode": "multiple", "max_picks": 2, "order": "shuffled"},
        {"options": OPTIONS * 1, "mode": "multiple", "allow_other": True},
        {"options": OPTIONS[:2], "mode": "multiple", "max_picks": 12},
    ],
    "closing": [
        {},
        {"ratings": ["safe", "useful", "heard"]},
        {"word_ask": "", "ratings": [], "change_ask": True},
        {"word_ask": "One word for the next lesson", "ratings": ["safe"], "change_ask": False},
    ],
    "pairs": [
        {"steps": TALK},
        {"steps": TALK, "capture": "one_line", "form": "own_choice"},
        {"steps": TALK[:1], "form": "triads", "matching": "facilitator", "listening_hint": ""},
    ],
    "questions": [
        {},
        {"max_per_person": 1, "upvote": False, "stay_open": False},
        {"max_per_person": 5, "max_chars": 300, "sort": "votes", "max_upvotes": 20},
    ],
    "scale": [
        {"items": LINES[:1]},
        {"items": LINES[:1], "points": 11, "numbers": True},
        {"items": LINES, "points": 3},
        {"items": [{**line, "label": f"Line {n}"} for n, line in enumerate(LINES * 2)]},
        {"items": LINES, "points": 10},
    ],
    "slide": [
        {"body": "# One\n\nText with a [link](https://example.org)."},
        {"body": "Two", "reactions": True, "certainty": "debated", "source": "Someone, 2020"},
        {"body": "# Three", "phone_text": "A shorter text", "certainty": "promising"},
    ],
    "wall": [
        {},
        {"columns": ["At work", "At home"], "max_cards": 3, "max_chars": 400},
        {"max_cards": 1, "max_chars": 40, "resonate": False},
        {"columns": ["One", "Two", "Three", "Four"], "max_cards": 5, "max_chars": 300},
    ],
    "weather": [
        {},
        {"set": "ground", "word": True},
        {"set": "pace", "leave_out": ["fast"]},
        {
            "set": "own",
            "own_set": [
                {"label": label, "icon": icon}
                for label, icon in (
                    ("here", "still"),
                    ("nearly", "fog"),
                    ("far off", "wind"),
                    ("busy", "fast"),
                )
            ],
            "leave_out": ["b"],
            "word": True,
        },
    ],
    "words": [
        {},
        {"max_words": 1, "starters": ["sad", "fine"], "display": "list"},
        {"max_chars": 3, "max_words": 2},
        {"max_words": 5, "max_chars": 30, "display": "cloud", "starters": ["hopeful", "tired"]},
    ],
}

CASES: list[tuple[AnyKind, Any]] = [
    (kind_of(name), kind_of(name).read_settings(raw))
    for name, all_of_it in SETTINGS.items()
    for raw in all_of_it
]
CASES += [(kind, kind.example) for kind in (kind_of(name) for name in SETTINGS)]
CASES += [(kind, kind.example) for kind in find(THROWAWAY).values()]
IDS = [f"{kind.name}-{place}" for place, (kind, _) in enumerate(CASES)]
ASKING = [(kind, settings) for kind, settings in CASES if kind.asks(settings)]
ASKING_IDS = [f"{kind.name}-{place}" for place, (kind, _) in enumerate(ASKING)]
