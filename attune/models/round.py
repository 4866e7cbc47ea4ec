"""A step put to the room once, what was given to it, and what may be seen of that."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from attune.db import Base
from attune.i18n import N_


class Round(Base):
    __tablename__ = "round"
    __table_args__ = (
        sa.UniqueConstraint("room_id", "number"),
        {"comment": N_("Questions put to a room, each with a copy of its step.")},
    )

    id: Mapped[int] = mapped_column(primary_key=True, comment=N_("A running number."))
    room_id: Mapped[int] = mapped_column(
        sa.ForeignKey("room.id", ondelete="CASCADE"), comment=N_("The room.")
    )
    number: Mapped[int] = mapped_column(comment=N_("Its place in the session, from 1."))
    step_id: Mapped[int | None] = mapped_column(comment=N_("The step of the plan it came from."))
    kind: Mapped[str] = mapped_column(sa.String(32), comment=N_("The kind of exercise."))
    frame: Mapped[dict[str, Any]] = mapped_column(
        sa.JSON, comment=N_("Title, invitation and the other fields every step has.")
    )
    settings: Mapped[dict[str, Any]] = mapped_column(
        sa.JSON, comment=N_("The fields of its kind, such as the options to choose from.")
    )
    needs: Mapped[dict[str, int]] = mapped_column(
        sa.JSON, comment=N_("How many answers each part needs before anybody sees it.")
    )
    body_size: Mapped[int] = mapped_column(comment=N_("The one size of all its sealed answers."))
    pair_id: Mapped[int | None] = mapped_column(
        comment=N_(
            "While two rounds are compared: the first of them. Their answers then carry a mark "
            "inside the seal, which is deleted once the change is counted."
        )
    )
    state: Mapped[str] = mapped_column(sa.String(8), comment=N_("open or closed."))
    progress: Mapped[int] = mapped_column(
        server_default="0", default=0, comment=N_("How far the group has moved inside it.")
    )
    given: Mapped[int | None] = mapped_column(
        comment=N_("How many answered or passed, in one number, kept once it is closed.")
    )
    starts_at: Mapped[int | None] = mapped_column(
        sa.BigInteger, comment=N_("When a shared clock, such as a breath, starts.")
    )
    closes_at: Mapped[int | None] = mapped_column(
        sa.BigInteger, comment=N_("When it closes, once the facilitator has said so.")
    )


class Answer(Base):
    """Sealed. No seat, time, address or version: what is needed of those is inside the seal."""

    __tablename__ = "answer"
    __table_args__ = {
        "comment": N_("Answers and passes, sealed; deleted when their result is made."),
        "sqlite_with_rowid": False,
    }

    round_id: Mapped[int] = mapped_column(
        sa.ForeignKey("round.id", ondelete="CASCADE"),
        primary_key=True,
        comment=N_("The round."),
    )
    act: Mapped[int] = mapped_column(
        sa.SmallInteger,
        primary_key=True,
        autoincrement=False,
        comment=N_("Which part of the round."),
    )
    pid: Mapped[bytes] = mapped_column(
        sa.LargeBinary(16),
        primary_key=True,
        comment=N_("A random-looking number, different in every round, that only the phone knows."),
    )
    body: Mapped[bytes] = mapped_column(
        sa.LargeBinary, comment=N_("The answer or pass, sealed, all of one size.")
    )


class Release(Base):
    """The only form in which anybody sees answers: shuffled by section, and sealed."""

    __tablename__ = "release"
    __table_args__ = {"comment": N_("Results: shuffled answers without any tie to a phone.")}

    round_id: Mapped[int] = mapped_column(
        sa.ForeignKey("round.id", ondelete="CASCADE"),
        primary_key=True,
        comment=N_("The round."),
    )
    act: Mapped[int] = mapped_column(
        sa.SmallInteger,
        primary_key=True,
        autoincrement=False,
        comment=N_("Which part of the round."),
    )
    number: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment=N_("Which result of it, from 1.")
    )
    state: Mapped[str] = mapped_column(
        sa.String(8), comment=N_("held (too few), review (only the facilitator) or shown.")
    )
    form: Mapped[str] = mapped_column(
        sa.String(8), comment=N_("Whether it is drawn in full, softened or said in words.")
    )
    body: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        comment=N_(
            "The shuffled answers, sealed; none when held. Each has its mark, as long as a later "
            "round is to be compared with it."
        ),
    )
