"""A link that lets a facilitator choose a new password."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from attune.db import Base
from attune.i18n import N_


class PasswordReset(Base):
    __tablename__ = "password_reset"
    __table_args__ = {"comment": N_("Links that are open: to choose a new password, once.")}

    token_hash: Mapped[bytes] = mapped_column(
        sa.LargeBinary(32),
        primary_key=True,
        comment=N_("A fingerprint of the link, never the link."),
    )
    facilitator_id: Mapped[int] = mapped_column(
        sa.ForeignKey("facilitator.id"), index=True, comment=N_("Whose password it is for.")
    )
    maker_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("facilitator.id"),
        comment=N_("The owner who made it; empty where it was asked for by mail."),
    )
    without_second_step: Mapped[bool] = mapped_column(
        comment=N_("Whether it takes their second step away too.")
    )
    until: Mapped[int] = mapped_column(
        sa.BigInteger, comment=N_("When it stops working: a day after it was made, or an hour.")
    )
