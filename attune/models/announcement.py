"""What whoever leads says to everybody in the room, on their phones."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from attune.db import Base
from attune.i18n import N_


class Announcement(Base):
    __tablename__ = "announcement"
    __table_args__ = {
        "comment": N_("Words to everybody in a room, the same on every phone, sealed.")
    }

    room_id: Mapped[int] = mapped_column(
        sa.ForeignKey("room.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        comment=N_("The room."),
    )
    body: Mapped[bytes] = mapped_column(sa.LargeBinary, comment=N_("The words, sealed."))
