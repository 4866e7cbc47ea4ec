"""A live run of a plan, and the places in it."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from attune.db import Base
from attune.i18n import N_
from attune.text import column


class Room(Base):
    __tablename__ = "room"
    __table_args__ = {"comment": N_("Rooms: one live run of a plan.")}

    id: Mapped[int] = mapped_column(primary_key=True, comment=N_("A running number."))
    ref: Mapped[str] = mapped_column(
        sa.String(32), unique=True, comment=N_("A random name, used in addresses of pages.")
    )
    code: Mapped[str | None] = mapped_column(
        sa.String(8), unique=True, comment=N_("What people type to join; gone when it ends.")
    )
    plan_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("plan.id"),
        index=True,
        comment=N_("The plan it follows; empty once that was deleted."),
    )
    title: Mapped[str] = mapped_column(sa.String(column(80)), comment=N_("What it is called."))
    state: Mapped[str] = mapped_column(
        sa.String(16), comment=N_("lobby, live, ending, ended or forgotten.")
    )
    entry: Mapped[str] = mapped_column(
        sa.String(8), comment=N_("Whether people can come in: open, admit or locked.")
    )
    settings: Mapped[dict[str, Any]] = mapped_column(
        sa.JSON,
        comment=N_(
            "Smallest group shown, age band, language, help text, days kept, what people agree to."
        ),
    )
    leads_answering: Mapped[int] = mapped_column(
        server_default="0", default=0, comment=N_("How many facilitators answer too.")
    )
    told: Mapped[str] = mapped_column(
        sa.String(8),
        server_default="",
        default="",
        comment=N_("What was last changed of who sees what, which every phone is told."),
    )
    told_in: Mapped[int] = mapped_column(
        server_default="0", default=0, comment=N_("The question that was the last one then.")
    )
    is_paused: Mapped[bool] = mapped_column(
        server_default=sa.false(), default=False, comment=N_("Whether it is taking a pause.")
    )
    day: Mapped[dt.date] = mapped_column(comment=N_("The day it was opened."))
    forget_on: Mapped[dt.date | None] = mapped_column(
        comment=N_("The day on which all that is left of it is deleted.")
    )


class RoomFacilitator(Base):
    __tablename__ = "room_facilitator"
    __table_args__ = {"comment": N_("Who may lead which room.")}

    room_id: Mapped[int] = mapped_column(
        sa.ForeignKey("room.id", ondelete="CASCADE"), primary_key=True, comment=N_("The room.")
    )
    facilitator_id: Mapped[int] = mapped_column(
        sa.ForeignKey("facilitator.id"), primary_key=True, comment=N_("The facilitator.")
    )
    role: Mapped[str] = mapped_column(
        sa.String(8), comment=N_("Whether they lead (lead) or watch over it with them (co).")
    )
    is_answering: Mapped[bool] = mapped_column(
        server_default=sa.false(),
        default=False,
        comment=N_("Whether they answer too; never from which seat."),
    )


class Seat(Base):
    """One browser's place. No name, address or time; the key is random, so order says nothing."""

    __tablename__ = "seat"
    __table_args__ = {
        "comment": N_("Places in a room, one for each browser; deleted when the room ends."),
        "sqlite_with_rowid": False,
    }

    key: Mapped[bytes] = mapped_column(
        sa.LargeBinary(16), primary_key=True, comment=N_("A random number.")
    )
    room_id: Mapped[int] = mapped_column(
        sa.ForeignKey("room.id", ondelete="CASCADE"), index=True, comment=N_("The room.")
    )
    token_hash: Mapped[bytes] = mapped_column(
        sa.LargeBinary(32), unique=True, comment=N_("A fingerprint of the key on the phone.")
    )
    state: Mapped[str] = mapped_column(
        sa.String(8), comment=N_("Whether they wait at the door, are in, or have left.")
    )
    label: Mapped[str | None] = mapped_column(
        sa.String(32),
        comment=N_("Two words while they wait at the door, which they see too; then empty."),
    )


class Version(Base):
    __tablename__ = "version"
    __table_args__ = {"comment": N_("Counters that tell a page whether it is up to date.")}

    room_id: Mapped[int] = mapped_column(
        sa.ForeignKey("room.id", ondelete="CASCADE"), primary_key=True, comment=N_("The room.")
    )
    audience: Mapped[str] = mapped_column(
        sa.String(12), primary_key=True, comment=N_("Phones, the screen or the console.")
    )
    region: Mapped[str] = mapped_column(
        sa.String(12), primary_key=True, comment=N_("The part of the page.")
    )
    v: Mapped[int] = mapped_column(comment=N_("How often that part has changed."))
