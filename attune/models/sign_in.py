"""A browser that a facilitator is signed in on."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from attune.db import Base
from attune.i18n import N_


class SignIn(Base):
    __tablename__ = "sign_in"
    __table_args__ = {"comment": N_("Browsers that facilitators are signed in on.")}

    id: Mapped[int] = mapped_column(primary_key=True, comment=N_("A running number."))
    facilitator_id: Mapped[int] = mapped_column(
        sa.ForeignKey("facilitator.id"), index=True, comment=N_("Who is signed in.")
    )
    token_hash: Mapped[bytes] = mapped_column(
        sa.LargeBinary(32),
        unique=True,
        comment=N_("A fingerprint of the key in that browser's cookie."),
    )
    browser: Mapped[str] = mapped_column(
        sa.String(24), comment=N_("The name of the browser; no version.")
    )
    system: Mapped[str] = mapped_column(
        sa.String(24), comment=N_("The name of the system it runs on; no address.")
    )
    day: Mapped[dt.date] = mapped_column(comment=N_("The day they signed in; no time."))
