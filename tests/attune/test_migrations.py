"""The tables can be made and unmade, on both databases, and are what the models say."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from attune.db import WRITING, db
from tests.house import CHOICE, House


def tables() -> set[str]:
    return set(sa.inspect(db.engines[WRITING]).get_table_names())


def test_down_and_up_again_leaves_the_same_tables(house: House) -> None:
    before = tables()
    downgrade(revision="base")
    assert tables() == {"alembic_version"}
    upgrade()
    assert tables() == before
    assert house.room(CHOICE).puts() == 1


def test_the_migrations_make_what_the_models_say(house: House) -> None:
    with db.engines[WRITING].connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_the_reading_engine_cannot_write(house: House) -> None:
    with pytest.raises(sa.exc.DBAPIError):
        db.session.execute(sa.text("DELETE FROM plan"))
    db.session.rollback()
