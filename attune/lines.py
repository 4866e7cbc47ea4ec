"""The sentences that say where a room is: one for everybody, one for the console, one that counts.

Tables, in the order in which they are read. Whoever cannot see the page hears the same.
"""

from attune import releases
from attune.i18n import Message, say, say_n
from attune.models import Room
from attune.seen import Results, RoomSeen, RoundSeen

PAUSED = say("We are taking a pause. Nothing you wrote is lost.")


def status(  # noqa: C901, PLR0911  # a table, in the order in which it is read
    room: Room, round: RoundSeen | None, results: Results | None
) -> Message:
    """One whole sentence for everybody in the room, read aloud by screen readers."""
    if room.state in ("ending", "ended"):
        return say("The room is closed. Thank you for being here.")
    if room.state == "lobby":
        return say("We begin when people have arrived.")
    if room.is_paused:
        return PAUSED
    if round is None:
        return say("This page moves on by itself.")
    if results and results.elsewhere:
        return say("The result is shown in the room.")
    if results and results.state == "shown" and round.state == "open":
        return say("Here is what the room has said so far: %(title)s", title=round.title)
    if results and results.state == "shown":
        return say("Here is what the room said: %(title)s", title=round.title)
    if results:
        return releases.TOO_FEW
    if round.state == "closed":
        return say("This question is closed.")
    if round.closes_at:
        return say("This question closes in a moment. You can still send what you have.")
    if round.content_note:
        # The question itself is read after the note, by those who join in.
        return say("A new question is here. A note comes before it.")
    if round.asks:
        return say("New question: %(title)s", title=round.title)
    return say("Now: %(title)s", title=round.title)


def what_the_room_sees(  # noqa: C901, PLR0911  # a table
    room: RoomSeen, round: RoundSeen | None, release_state: str | None, form: str | None
) -> Message:
    """The console's one line. A fixed table, which a test holds against the screen."""
    if room.state == "lobby":
        return say("The room sees the welcome page with the code.")
    if room.state == "ending":
        return say("The room sees the goodbye page. It is being cleared.")
    if room.state != "live":
        return say("The room sees the goodbye page.")
    if room.is_paused and round is not None and round.state == "open" and round.asks:
        return say("The room sees the pause page. The question stays open behind it.")
    if room.is_paused:
        return say("The room sees the pause page.")
    if round is None:
        return say("The room sees a quiet page.")
    if release_state == "shown" and round.state == "open":
        return {
            "full": say("The room sees the question, and what has come so far."),
            "soft": say("The room sees the question, and what has come so far, softened."),
            "words": say("The room sees the question, and what has come so far in words."),
        }[form or "full"]
    if release_state == "shown":
        return {
            "full": say("The room sees the result."),
            "soft": say("The room sees the softened result."),
            "words": say("The room sees the result in words."),
        }[form or "full"]
    if release_state == "held" and round.state == "closed":
        return say("The room sees that there were not enough answers to show.")
    if round.state == "closed":
        return say("The room sees the closed question. Nobody sees a result.")
    if round.closes_at:
        return say("The room sees the question and that it closes in a moment.")
    if round.asks:
        return say("The room sees the question and can answer.")
    return say("The room sees “%(title)s”.", title=round.title)


def counts(round: RoundSeen | None, responded: int, here: int) -> Message:
    """The one number there is while a round is open: answers and passes together."""
    if round is None or not round.asks:
        return say_n("%(count)s phone is here", "%(count)s phones are here", here)
    if round.state == "closed":
        return say("%(responded)s responded. Closed.", responded=responded)
    return say(
        "%(responded)s of %(here)s here have responded",
        responded=responded,
        here=max(here, responded),
    )


def left_out(people: int, need: int) -> Message:
    """What came last in a live round, from too few to be told; and why it is not."""
    return say_n(
        "What %(count)s person gave or changed last is in no result. It would have differed from "
        "the one before by fewer than %(need)s people, so one could have told whose it is. It is "
        "deleted, and nobody has seen it.",
        "What %(count)s people gave or changed last is in no result. It would have differed from "
        "the one before by fewer than %(need)s people, so one could have told whose it is. It is "
        "deleted, and nobody has seen it.",
        people,
        need=need,
    )
