"""Every way the domain says no. The message is fit to show; each edge maps the type once.

`code` is the word of the protocol (docs/protocol.md), `status` its HTTP status.
"""

from typing import ClassVar

from attune.i18n import Message, say


class Refusal(Exception):
    """Asked for something that cannot be done now; subclasses say what."""

    code: ClassVar[str] = "invalid"
    status: ClassVar[int] = 422
    default: ClassVar[Message] = say("That could not be done.")

    def __init__(self, message: Message | None = None, field: str = "") -> None:
        self.message = message or self.default
        self.field = field
        super().__init__(str(self.message))


class Invalid(Refusal):
    """What was sent does not fit; `field` names where."""

    default = say("That does not fit here. Please check it and send it again.")


class NotAnAnswer(Invalid):
    """Not a valid answer to this round."""

    default = say("That answer does not fit this question. Please check it, or pass.")


class TooLarge(Refusal):
    code, status = "too_large", 413
    default = say("That is longer than what can be sent. Please shorten it.")


class TooFast(Refusal):
    code, status = "too_fast", 429
    default = say("That was very fast. Wait a moment, then try again.")


class NotYours(Refusal):
    """No such thing, or not yours: a stranger cannot tell the two apart."""

    code, status = "not_yours", 404
    default = say("There is nothing here for you.")


class OwnCard(NotYours):
    """A card of one's own: whether it is true for others, too, only others can say."""

    default = say("You wrote this one. Others can say whether it is true for them, too.")


class Conflict(Refusal):
    """The room has moved on since the page was drawn, or the step is not possible now."""

    code, status = "closed", 409
    default = say("The room has moved on. This page shows where it is now.")


class RoundClosed(Conflict):
    default = say("This one has closed. Your words are still here; you can copy them.")


class ReleaseMade(Conflict):
    default = say("Its result has been made, so it cannot be opened again. Put it again instead.")


class RoundOpen(Conflict):
    default = say("The round is still open. Close it first, then look.")


class PlanChanged(Refusal):
    """Somebody else, or another page of one's own, changed the same thing meanwhile."""

    code, status = "changed", 409
    default = say("This was changed on another page meanwhile. Here is how it is now.")


class PlanInUse(Refusal):
    """A room that has not ended follows the plan: its next steps would be gone."""

    code, status = "changed", 409
    default = say("A room that has not ended follows this plan. End it, then delete the plan.")


class RoomEnded(Refusal):
    code, status = "ended", 410
    default = say("This room has ended.")


class Busy(Refusal):
    """Nothing was kept; the page keeps it and tries again."""

    code, status = "busy", 503
    default = say("This could not be saved right now. It is still on your device; try again.")


class NoKeys(Refusal):
    """The keys of a new room cannot be written, so nothing could be sealed in it."""

    code, status = "busy", 503
    default = say(
        "No room can be opened now: this server cannot write the keys that seal what people give. "
        "Tell whoever runs it; the command “attune check” says what to do."
    )


class BadSetting(Exception):
    """A setting that Attune cannot start with; the message names it and says what to do."""
