"""A real server with somebody who leads its rooms: by the verbs, on the same database."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from attune import access, knocking
from attune.codes import shown
from attune.db import transaction
from tests.house import House, LiveRoom, Prompt
from tests.participant.phone import Phone
from tests.servers import AttuneServer

WEATHER = Prompt("weather", {"word": True}, {"title": "What is the weather in you?"})
CHOICE = Prompt(
    "choice",
    {"options": [{"label": "Tea"}, {"label": "Water"}], "allow_other": True},
    {"title": "What would you like?"},
)
NOTED = Prompt(
    "choice",
    {"options": [{"label": "Yes"}, {"label": "No"}]},
    {"title": "Did it happen to you?", "content_note": "This one asks about a hard moment."},
)


@dataclass
class Site:
    """The server, and the house it stands on."""

    server: AttuneServer
    house: House

    @property
    def url(self) -> str:
        return self.server.url

    def room(self, *prompts: Prompt, **settings: Any) -> LiveRoom:
        return self.house.room(*(prompts or (WEATHER, CHOICE)), **settings)

    def code(self, room: LiveRoom) -> str:
        return shown(room.row.code or "")

    def phone(self, room: LiveRoom) -> Phone:
        """Somebody who has joined."""
        phone = Phone(self.url, room.ref)
        assert phone.joins(self.code(room)).status_code == 303
        return phone

    def phones(self, room: LiveRoom, many: int) -> list[Phone]:
        return [self.phone(room) for _ in range(many)]

    def seats(self, room: LiveRoom) -> int:
        return len(self.house.rows(f"SELECT key FROM seat WHERE room_id = {room.id}"))

    def sets_entry(self, room: LiveRoom, entry: str) -> None:
        with transaction():
            knocking.set_entry(access.room_for(room.lead_id, room.ref), entry)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all tests of a module: each has rooms of its own, and starting takes seconds."""
    server = AttuneServer(tmp_path_factory.mktemp("site")).start()
    try:
        with House(server.folder, server.settings["ATTUNE_DATABASE_URL"]).open() as house:
            yield Site(server, house)
    finally:
        server.stop()
