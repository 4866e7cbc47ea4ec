"""What facilitators did that others may have to know of."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from attune.db import Base
from attune.i18n import N_


class Audit(Base):
    __tablename__ = "audit"
    __table_args__ = {
        "comment": N_("What facilitators did with accounts and rooms; never what participants did.")
    }

    id: Mapped[int] = mapped_column(primary_key=True, comment=N_("A running number."))
    day: Mapped[dt.date] = mapped_column(index=True, comment=N_("The day; no time."))
    facilitator_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("facilitator.id"),
        comment=N_("Who did it; empty for a command of whoever runs this server."),
    )
    verb: Mapped[str] = mapped_column(
        sa.String(24), comment=N_("What they did, in a word of a fixed list.")
    )
    room_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("room.id", ondelete="CASCADE"),
        index=True,
        comment=N_("The room; empty where it was about an account."),
    )
    whom_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("facilitator.id"),
        comment=N_("The facilitator whom it was about, if it was another."),
    )
