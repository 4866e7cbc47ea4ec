"""What a facilitator prepares: an ordered list of steps."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from attune.db import Base
from attune.i18n import N_
from attune.text import column


class Plan(Base):
    __tablename__ = "plan"
    __table_args__ = {"comment": N_("Plans that facilitators prepare.")}

    id: Mapped[int] = mapped_column(primary_key=True, comment=N_("A running number."))
    facilitator_id: Mapped[int] = mapped_column(
        sa.ForeignKey("facilitator.id"), index=True, comment=N_("Whose plan it is.")
    )
    title: Mapped[str] = mapped_column(sa.String(column(80)), comment=N_("What it is called."))
    programme: Mapped[str | None] = mapped_column(
        sa.String(64), comment=N_("The shipped programme it was copied from.")
    )
    settings: Mapped[dict[str, Any]] = mapped_column(
        sa.JSON, comment=N_("What its rooms start with, such as the smallest group shown.")
    )
    revision: Mapped[int] = mapped_column(
        server_default="1", default=1, comment=N_("How often it was changed, counted from 1.")
    )
    steps: Mapped[list["Step"]] = relationship(
        order_by="Step.position", cascade="all, delete-orphan", lazy="selectin"
    )


class PlanShare(Base):
    __tablename__ = "plan_share"
    __table_args__ = {"comment": N_("With which other facilitators a plan is shared.")}

    plan_id: Mapped[int] = mapped_column(
        sa.ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True, comment=N_("The plan.")
    )
    facilitator_id: Mapped[int] = mapped_column(
        sa.ForeignKey("facilitator.id"),
        primary_key=True,
        index=True,
        comment=N_("With whom it is shared."),
    )
    may: Mapped[str] = mapped_column(
        sa.String(8), comment=N_("Whether they may only read it, or change it too.")
    )


class Step(Base):
    __tablename__ = "step"
    __table_args__ = {
        "comment": N_("The steps of a plan: what will be asked, and how."),
        # Rounds remember the number of their step: another step must never get it.
        "sqlite_autoincrement": True,
    }

    id: Mapped[int] = mapped_column(primary_key=True, comment=N_("A running number."))
    plan_id: Mapped[int] = mapped_column(
        sa.ForeignKey("plan.id", ondelete="CASCADE"), index=True, comment=N_("Its plan.")
    )
    position: Mapped[int] = mapped_column(comment=N_("Its place in the plan, from 1."))
    kind: Mapped[str] = mapped_column(sa.String(32), comment=N_("The kind of exercise."))
    frame: Mapped[dict[str, Any]] = mapped_column(
        sa.JSON, comment=N_("Title, invitation and the other fields every step has.")
    )
    settings: Mapped[dict[str, Any]] = mapped_column(
        sa.JSON, comment=N_("The fields of its kind, such as the options to choose from.")
    )
    pair_with: Mapped[int | None] = mapped_column(
        comment=N_("The earlier step that it is compared with.")
    )
    revision: Mapped[int] = mapped_column(
        server_default="1",
        default=1,
        comment=N_("At which change of the plan it was changed last."),
    )
