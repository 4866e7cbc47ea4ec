"""What is kept of a room after it has ended."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from attune.db import Base
from attune.i18n import N_


class Summary(Base):
    __tablename__ = "summary"
    __table_args__ = {"comment": N_("The summary of an ended room, sealed, until it is forgotten.")}

    room_id: Mapped[int] = mapped_column(
        sa.ForeignKey("room.id", ondelete="CASCADE"), primary_key=True, comment=N_("The room.")
    )
    body: Mapped[bytes] = mapped_column(
        sa.LargeBinary, comment=N_("What was shown and the facilitator's totals, sealed.")
    )
