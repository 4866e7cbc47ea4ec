"""Somebody who signs in and leads rooms."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from attune.db import Base
from attune.i18n import N_
from attune.text import column


class Facilitator(Base):
    __tablename__ = "facilitator"
    __table_args__ = {"comment": N_("People who lead rooms and sign in with a password.")}

    id: Mapped[int] = mapped_column(primary_key=True, comment=N_("A running number."))
    email: Mapped[str] = mapped_column(
        sa.String(254), unique=True, comment=N_("The address they sign in with, in lower case.")
    )
    name: Mapped[str] = mapped_column(
        sa.String(column(80)), comment=N_("What the room calls them.")
    )
    password_hash: Mapped[str] = mapped_column(
        sa.String(200), comment=N_("A slow one-way hash of their password.")
    )
    role: Mapped[str] = mapped_column(
        sa.String(16), comment=N_("Whether they run this server (owner) or lead rooms only.")
    )
    locale: Mapped[str] = mapped_column(
        sa.String(8), default="en", comment=N_("The language of their pages.")
    )
    is_disabled: Mapped[bool] = mapped_column(
        server_default=sa.false(), default=False, comment=N_("Whether they are shut out.")
    )
    totp: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary, comment=N_("The secret of their second step, sealed; empty without one.")
    )
    totp_last: Mapped[int] = mapped_column(
        sa.BigInteger,
        server_default="0",
        default=0,
        comment=N_("The half minute of their last code, so that no code works twice."),
    )
