"""A way in for who has lost the device with their second step."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from attune.db import Base
from attune.i18n import N_


class RecoveryCode(Base):
    __tablename__ = "recovery_code"
    __table_args__ = {
        "comment": N_("Codes that stand in once for a facilitator's second step at signing in.")
    }

    facilitator_id: Mapped[int] = mapped_column(
        sa.ForeignKey("facilitator.id"), primary_key=True, comment=N_("Whose code it is.")
    )
    code_hash: Mapped[bytes] = mapped_column(
        sa.LargeBinary(32), primary_key=True, comment=N_("A keyed hash of it, never the code.")
    )
