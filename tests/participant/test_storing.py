"""A7: What we store names every table and every column of the database as it is."""

import shutil
from pathlib import Path

import sqlalchemy as sa

from attune import storing
from attune.db import Base
from attune.models import Seat
from tests.figures import Tell
from tests.participant.conftest import Site
from tests.participant.phone import Phone


def stored_in(database: Path) -> dict[str, list[str]]:
    """The columns of each table that there is. Attune is not asked."""
    engine = sa.create_engine(f"sqlite:///{database}")
    found = sa.inspect(engine)
    stored = {
        name: [column["name"] for column in found.get_columns(name)]
        for name in found.get_table_names()
    }
    engine.dispose()
    return stored


def not_named(page: str, database: Path) -> list[str]:
    """What is in the database and not on this page. The page itself is not asked how it is made."""
    missing = []
    for table, columns in stored_in(database).items():
        _, _, rest = page.partition(f"The table is called {table}.")
        part = rest.partition("The table is called")[0]
        missing += [f"{table}.{name}" for name in columns if f"<code>{name}</code>" not in part]
    return missing


def test_what_we_store_names_every_table_and_column(site: Site, tell: Tell) -> None:
    page = Phone(site.url).opens("/what-we-store").text
    database = site.server.folder / "attune.sqlite"
    assert not_named(page, database) == []
    assert "30 days" in page
    stored = stored_in(database)
    columns = sum(map(len, stored.values()))
    tell("A7", "What we store", f"{len(stored)} tables, {columns} columns, 0 that it does not name")


def test_every_cookie_that_is_set_is_named_there(site: Site) -> None:
    room = site.room()
    phone = site.phone(room)
    phone.gives(room.puts(), pick="fog")
    page = phone.opens("/what-we-store").text
    names = {cookie.name.replace(room.ref, "…") for cookie in phone.session.cookies}
    assert names == {"attune", "seat-…"}
    assert [name for name in names if f"<code>{name}</code>" not in page and name not in page] == []


def test_a_column_that_nobody_named_is_found(site: Site, tmp_path: Path) -> None:
    page = Phone(site.url).opens("/what-we-store").text
    copy = tmp_path / "copy.sqlite"
    for end in ("", "-wal"):
        shutil.copy(site.server.folder / f"attune.sqlite{end}", f"{copy}{end}")
    engine = sa.create_engine(f"sqlite:///{copy}")
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE seat ADD COLUMN joined_at INTEGER")
        connection.exec_driver_sql("CREATE TABLE visit (address TEXT)")
    engine.dispose()
    assert sorted(not_named(page, copy)) == ["seat.joined_at", "visit.address"]


def test_everything_that_is_stored_says_what_it_holds_and_how_long() -> None:
    assert storing.untold() == []


def test_a_table_that_says_nothing_of_itself_is_found() -> None:
    broken = sa.MetaData()
    sa.Table("visit", broken, sa.Column("address", sa.String))
    Base.metadata.tables[Seat.__tablename__].to_metadata(broken)
    assert storing.untold(broken) == ["visit", "visit.address", "visit: until when"]


def test_the_page_counts_nothing(site: Site) -> None:
    before = Phone(site.url).opens("/what-we-store").content
    room = site.room()
    phone = site.phone(room)
    phone.gives(room.puts(), pick="fog")
    assert Phone(site.url).opens("/what-we-store").content == before
