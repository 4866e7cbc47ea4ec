"""A link that lets somebody in: to this server, or to a room beside who leads it."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from attune.db import Base
from attune.i18n import N_
from attune.text import column


class Invitation(Base):
    __tablename__ = "invitation"
    __table_args__ = {
        "comment": N_("Links that are open: to lead rooms here, or to watch over one room.")
    }

    id: Mapped[int] = mapped_column(primary_key=True, comment=N_("A running number."))
    token_hash: Mapped[bytes] = mapped_column(
        sa.LargeBinary(32), unique=True, comment=N_("A fingerprint of the link, never the link.")
    )
    facilitator_id: Mapped[int] = mapped_column(
        sa.ForeignKey("facilitator.id"), comment=N_("The facilitator who made it.")
    )
    room_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("room.id", ondelete="CASCADE"),
        index=True,
        comment=N_("The room it leads to; empty where it leads to an account."),
    )
    name: Mapped[str] = mapped_column(
        sa.String(column(80)), comment=N_("Whom it is for, if who made it wrote that down.")
    )
    until: Mapped[int] = mapped_column(
        sa.BigInteger, comment=N_("When it stops working: a day after it was made.")
    )
