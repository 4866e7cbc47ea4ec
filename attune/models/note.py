"""What a facilitator writes for their own eyes while leading."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from attune.db import Base
from attune.i18n import N_


class Note(Base):
    __tablename__ = "note"
    __table_args__ = {
        "comment": N_("A facilitator's private notes on a room and its rounds, sealed.")
    }

    room_id: Mapped[int] = mapped_column(
        sa.ForeignKey("room.id", ondelete="CASCADE"), primary_key=True, comment=N_("The room.")
    )
    round: Mapped[int] = mapped_column(
        primary_key=True,
        autoincrement=False,
        comment=N_("The round's place in the session; 0 for the session as a whole."),
    )
    facilitator_id: Mapped[int] = mapped_column(
        sa.ForeignKey("facilitator.id"), primary_key=True, comment=N_("Who wrote it.")
    )
    body: Mapped[bytes] = mapped_column(sa.LargeBinary, comment=N_("The note, sealed."))
    in_summary: Mapped[bool] = mapped_column(
        server_default=sa.false(),
        default=False,
        comment=N_("Whether its writer adds it to their summary."),
    )
