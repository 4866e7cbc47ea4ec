"""What one audience sees of a room now: the only place that decides it.

A page draws it on a visit and a push draws it after a change, from the same partials, so a reload
and a push cannot disagree.
"""

from attune import (
    batches,
    by_hand,
    comparing,
    knocking,
    leading,
    lines,
    presence,
    releases,
    resonating,
    review,
    rooms,
    rounds,
    signals,
    telling,
)
from attune.agenda import agenda_of
from attune.changes import Audience
from attune.codes import shown as shown_code
from attune.config import HELP_TEXT
from attune.display import Form
from attune.frame import PHASES
from attune.models import Release, Room, Round
from attune.seen import (
    PHASE_NAMES,
    Aside,
    Console,
    Placed,
    Results,
    Reviewed,
    RoomSeen,
    RoundSeen,
    Signal,
    Stage,
    Text,
)

# Who does not see a result that a step keeps to one place.
ELSEWHERE = (("participant", "screen"), ("screen", "phones"))


def stage(room: Room, audience: Audience) -> Stage:
    """What this audience sees of the room now. Results reach it only as far as they may."""
    round = rooms.current_round(room) if room.state in ("lobby", "live") else None
    release = releases.release_of(round) if round else None
    seen = _round(room, round) if round else None
    results = _results(room, round, release, audience) if round else None
    room_seen = _room(room)
    return Stage(
        audience=audience,
        room=room_seen,
        round=seen,
        results=results,
        status=lines.status(room, seen, results),
        console=_console(room, room_seen, round, seen, release) if audience == "console" else None,
        aside=_aside(room, audience) if round else None,
    )


def _aside(room: Room, audience: Audience) -> Aside | None:
    """What stays open while the room is at something else. The screen shows one thing."""
    round = rounds.at_the_side(room) if audience != "screen" else None
    if round is None:
        return None
    release = releases.release_of(round)
    return Aside(
        _round(room, round),
        _results(room, round, release, audience),
        _preview(room, round, release) if audience == "console" else None,
    )


def _room(room: Room) -> RoomSeen:
    settings, leader = rooms.settings_of(room), rooms.leader_of(room)
    watching = leading.watching(room)
    return RoomSeen(
        ref=room.ref,
        title=room.title,
        leader=leader,
        state=room.state,
        entry=room.entry,
        language=settings.language,
        k=settings.k,
        age_band=settings.age_band,
        quick_exit=settings.leaves_by_keys,
        help_text=settings.help_text,
        tells=signals.owner(room) if signals.is_offered(room) else "",
        is_paused=room.is_paused and room.state == "live",
        phones=presence.here(room.id),
        watching=watching,
        told=telling.line(room, leader, watching) if room.state in ("lobby", "live") else None,
        spoken=telling.spoken(room),
        lacks_help=settings.help_text == HELP_TEXT and not settings.help_is_checked,
        mixed_power=settings.mixed_power,
        code=shown_code(room.code) if room.code else "",
    )


def _round(room: Room, round: Round) -> RoundSeen:
    kind, settings, frame = rounds.parts_of(round)
    sections = list(kind.sections(settings))
    to_group = [section.name for section in sections if releases.is_for_group(section, frame)]
    needs = [round.needs[name] for name in to_group or round.needs]
    steps = rounds.steps_of(room)
    return RoundSeen(
        number=round.number,
        kind=round.kind,
        kind_title=kind.title,
        state=round.state,
        progress=round.progress,
        last=kind.last(settings),
        marks=kind.most_marks(settings),
        marking=resonating.is_on(round),
        beside=resonating.goes_on(round),
        mark_label=kind.resonating.label(settings) if kind.resonating else "",
        starts_at=round.starts_at,
        closes_at=round.closes_at,
        title=frame.title,
        invitation=frame.invitation,
        discuss=frame.discuss,
        phase=frame.phase,
        phase_name=PHASE_NAMES[frame.phase],
        phase_number=PHASES.index(frame.phase),
        content_note=frame.content_note,
        alternative=frame.alternative or kind.defaults.alternative,
        minutes=frame.minutes,
        time_hint=frame.time_hint,
        revise=frame.revise,
        reviewed=any(section.is_text for section in sections),
        live=batches.is_live(round),
        compared=_compared(round),
        asks=kind.asks(settings),
        to_group=bool(to_group),
        to_facilitator=len(to_group) < len(sections),
        need=min(needs, default=0),
        step=next((step.position for step in steps if step.id == round.step_id), None),
        steps=len(steps),
        settings=settings,
        facts=kind.facts(settings),
    )


def _compared(round: Round) -> str:
    if comparing.is_first(round):
        return "first"
    return "second" if comparing.is_second(round) else ""


def _results(
    room: Room, round: Round, release: Release | None, audience: Audience
) -> Results | None:
    """What the group sees: a shown result, or that there were too few answers for one."""
    if release is None or release.state == "review":
        return None
    if release.state == "held" and round.state == "open":
        return None  # of a live round: it may yet be enough
    form: Form = release.form  # type: ignore[assignment]
    if release.state == "held":
        return Results("held", form, ())
    if (audience, round.frame["show_on"]) in ELSEWHERE:
        return Results("shown", form, (), elsewhere=True)
    body = releases.opened(room, round, release)
    only = releases.for_group(round, body)
    also = resonating.counts(room, round, shown=True)
    drawn = releases.pictures(round, body, form, only=only, also=also)
    return Results("shown", form, drawn, page=body.page if body else 0)


def _preview(room: Room, round: Round, release: Release | None) -> Results | None:
    """What the facilitator sees once the round is closed and its result is made."""
    if release is None:
        return None
    form: Form = release.form  # type: ignore[assignment]
    body = releases.opened(room, round, release)
    if body is None:
        held = Results("held", form, releases.pictures(round, None, form))
        return held if round.state == "closed" else None
    unsettled = round.state == "closed" and batches.is_live(round) and rounds.given_now(round) > 0
    told = round.state == "closed" and not unsettled
    also = resonating.counts(room, round, shown=False)
    marks = resonating.result_of(round)
    texts = _texts(round, body)
    return Results(
        state=release.state,
        form=form,
        pictures=releases.pictures(round, body, form, unread=release.state == "review", also=also),
        marks=marks.state if marks else "",
        answers=body.answers if told else None,
        passes=body.passes if told else None,
        noticed=tuple(body.noticed),
        again=body.again,
        showable=bool(releases.for_group(round, body)),
        texts=texts,
        unread=sum(text.item.unread for part in texts for text in part.texts),
        undo=body.steps[-1][0] if body.steps else "",
        page=body.page,
        placed=_placed(round, body, also),
        places=_places(round),
        countable=bool(by_hand.countable_in(round, body)),
        batch=body.batch,
        unsettled=unsettled,
        left=lines.left_out(body.left, min(round.needs.values())) if body.left else None,
    )


def _placed(round: Round, body: releases.Body, also: resonating.Counts) -> tuple[Placed, ...]:
    """The cards that the room may see, in the order in which it sees them."""
    kind, settings, _ = rounds.parts_of(round)
    return tuple(
        Placed(
            id=card.id,
            text=card.text,
            place=releases.place_of(section, body, card.id),
            pinned=card.id in body.pinned.get(section.name, ()),
            also=also.get(card.id, 0),
        )
        for section in kind.sections(settings)
        if section.placed and section.name in body.values
        for card in releases.cards_seen(section, body, also)
    )


def _places(round: Round) -> tuple[tuple[str, str], ...]:
    kind, settings, _ = rounds.parts_of(round)
    return tuple(
        (category.id, category.label)
        for section in kind.sections(settings)
        if section.placed
        for category in section.categories
    )


def _texts(round: Round, body: releases.Body) -> tuple[Reviewed, ...]:
    """People's own words that the group might see, to be read first."""
    kind, settings, _ = rounds.parts_of(round)
    sections = {section.name: section for section in kind.sections(settings)}
    stopped = {(section, id) for section, id, _ in body.stopped}
    return tuple(
        Reviewed(
            section=name,
            title=sections[name].title,
            cards=sections[name].draw == "cards",
            themed=sections[name].draw == "cards" and not sections[name].placed,
            texts=tuple(Text(item=item, stopped=(name, item.id) in stopped) for item in items),
            themes=tuple(review.themes(body, name)),
        )
        for name, items in review.items(round, body).items()
    )


def _console(
    room: Room,
    room_seen: RoomSeen,
    round: Round | None,
    seen: RoundSeen | None,
    release: Release | None,
) -> Console:
    agenda = agenda_of(rounds.steps_of(room), rooms.rounds_of(room))
    here = presence.here(room.id) - presence.away(room.id)
    responded = rounds.given(round) if round else 0
    people = rooms.people(room)
    return Console(
        sees=lines.what_the_room_sees(
            room_seen,
            seen,
            release.state if release else None,
            release.form if release else None,
        ),
        counts=lines.counts(seen, responded, here),
        responded=responded,
        waiting=tuple((label, knocking.said(label)) for label in knocking.waiting(room)),
        seats=people["in"],
        watching=room_seen.watching,
        note=rounds.parts_of(round)[2].facilitator_note if round else "",
        agenda=agenda.steps,
        next=agenda.next,
        back=agenda.back,
        preview=_preview(room, round, release) if round else None,
        seen=round.number if round else 0,
        signals=tuple(_signal(room, one) for one in signals.waiting(room)),
        pace=signals.pace(room),
        away=presence.away(room.id),
        long_away=presence.long_away(room.id),
    )


def _signal(room: Room, said: signals.Said) -> Signal:
    help_text = rooms.settings_of(room).help_text
    return Signal(
        id=said.id,
        level=said.level,
        meet=said.meet,
        note=said.note,
        seen_by=said.seen_by,
        replies=tuple(reply.said(help_text) for reply in said.replies),
    )
