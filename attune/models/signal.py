"""What people say privately to who leads the room."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from attune.db import Base
from attune.i18n import N_


class Signal(Base):
    """No level, seat or time stands outside of the seal, and no two of one person match."""

    __tablename__ = "signal"
    __table_args__ = {
        "comment": N_(
            "What people told who leads privately, sealed. Nobody's name, unless they wrote it."
        ),
        "sqlite_with_rowid": False,
    }

    room_id: Mapped[int] = mapped_column(
        sa.ForeignKey("room.id", ondelete="CASCADE"), primary_key=True, comment=N_("The room.")
    )
    key: Mapped[bytes] = mapped_column(
        sa.LargeBinary(16),
        primary_key=True,
        comment=N_("A random-looking number, different each time, that only the phone knows."),
    )
    body: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        comment=N_("What was said and answered, and whether it was seen, sealed, all of one size."),
    )
