"""What holds in one room, as people agree to it: the parts that whoever leads may change.

What protects people cannot be changed here: the smallest group shown, what is stored, that one can
pass. Days are only ever made fewer than the room began with. Everybody in the room is told when
something changed.
"""

from typing import Annotated, Any

from pydantic import Field

from attune import changes, forms, rooms, telling
from attune.forms import Typed, Unfit
from attune.frame import OWN_WORDS, OwnWords, Value
from attune.i18n import N_, say
from attune.models import Room
from attune.text import Text

KEPT = ("called", "help_text", "duty", "keep_days", "quick_exit", "own_words", "mixed_power")


class Terms(Value):
    title: Annotated[str, Text(80, least=1)] = Field(title=N_("What the room is called"))
    called: Annotated[str, Text(80)] = Field(
        "",
        title=N_("What people here call you"),
        description=N_("Left empty, the name of whoever leads."),
    )
    help_text: Annotated[str, Text(1000, lines=True, least=1)] = Field(
        title=N_("Help right now"),
        description=N_(
            "Who is there for the people in this room, and how to reach them: a person, a place, a "
            "number. Try each number before you write it here."
        ),
    )
    duty: Annotated[str, Text(300)] = Field(
        "",
        title=N_("When you must act"),
        description=N_(
            "What the place where you work asks of you. Left empty, people read: They may have to "
            "act if someone is in danger."
        ),
    )
    keep_days: int = Field(
        ge=0,
        le=365,
        title=N_("Days the summary is kept"),
        description=N_("It can become fewer, not more."),
    )
    own_words: Annotated[OwnWords, OWN_WORDS] = Field("usual", title=N_("People's own words"))
    quick_exit: bool = Field(default=False, title=N_("Esc twice leaves at once"))
    mixed_power: bool = Field(default=False, title=N_("Some here have a say over others"))


def typed(room: Room) -> Typed:
    """The terms as their form would have been typed."""
    known = rooms.settings_of(room).model_dump(mode="json")
    return forms.typed_of(Terms, {"title": room.title, **{name: known[name] for name in KEPT}})


def change(room: Room, written: Typed) -> None:
    """Keep these, and tell every phone. Raises Unfit, RoomEnded."""
    rooms.require_running(room)
    new, before = forms.checked(Terms, written), rooms.settings_of(room)
    if new.keep_days > before.keep_days:
        raise Unfit({"keep_days": say("It cannot be kept longer than people were told.")})
    chosen: dict[str, Any] = {name: getattr(new, name) for name in KEPT}
    after = before.model_copy(update={**chosen, "help_is_checked": True})
    is_same = new.title == room.title and all(
        getattr(before, name) == chosen[name] for name in KEPT
    )
    room.title, room.settings = new.title, after.model_dump(mode="json")
    if not is_same:
        telling.changed(room, "terms")
        changes.note(room.id, "room")
