"""What simulated people do at a real server: they answer whatever is put; nothing is refused."""

import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from random import Random

import pytest

from attune.rehearsal import people
from attune.rehearsal.browser import fields_of
from attune.rehearsal.people import Asked, Person, TurnedAway, shown_in, whim
from tests.cast import asks_of
from tests.facilitator.session import Lead
from tests.servers import AttuneServer, until

MANY = 5


@pytest.fixture(scope="module")
def jo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lead]:
    server = AttuneServer(tmp_path_factory.mktemp("people")).start()
    lead = Lead(server.url)
    lead.sets_up(server.setup_link())
    yield lead
    server.stop()


@pytest.fixture
def lead(jo: Lead, monkeypatch: pytest.MonkeyPatch) -> Lead:
    """People who are quicker than people are."""
    monkeypatch.setattr(people, "QUICKEST", 0.02)
    monkeypatch.setattr(people, "HALF_HAVE_ANSWERED", 0.1)
    monkeypatch.setattr(people, "SECOND_THOUGHTS", (0.02, 0.1))
    monkeypatch.setattr(people, "HURRY", (0.0, 0.1))
    monkeypatch.setattr(people, "ALONE", (0.0, 0.1))
    return jo.also().opens_a_room()


class Staying:
    """People in the room, each in a thread of their own, until the room ends."""

    def __init__(self, lead: Lead, many: int = MANY) -> None:
        self.lead, self.ends = lead, list[str]()
        self.people = [Person(lead.url, asks_of(lead), Random(n)) for n in range(many)]
        people.everybody_comes(self.people, lead.room()["code"])
        self._threads = [threading.Thread(target=self._stays, args=[one]) for one in self.people]
        for thread in self._threads:
            thread.start()

    def have_responded(self, number: int, many: int = MANY) -> None:
        until(lambda: self.given(number) == many, 20, f"{many} answers to round {number}")

    def given(self, number: int) -> int:
        return int(self.lead.room()["rounds"][number - 1]["given"])

    def leave(self) -> None:
        """End the room: nobody was refused, but who changed their mind too late; all were told."""
        self.lead.does("ending", seen=len(self.lead.room()["rounds"]))
        for thread in self._threads:
            thread.join(20)
        refused = [one for person in self.people for one in person.refused]
        assert [one for one in refused if one["error"]["code"] != "closed"] == []
        assert self.ends == ["ended"] * len(self.people)

    def _stays(self, person: Person) -> None:
        self.ends.append(person.stays())
        person.leaves()


@pytest.fixture(autouse=True)
def nobody_takes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the number of answers is the number of people."""
    monkeypatch.setattr(people, "TAKES_BACK", 0.0)


def test_they_answer_every_step_of_the_programme(lead: Lead) -> None:
    staying = Staying(lead)
    for number, step in enumerate(lead.plan["steps"], 1):
        lead.does("rounds", step=step["id"], seen=number - 1)
        if step["kind"] not in ("slide", "breath"):
            staying.have_responded(number)
    staying.leave()


def test_they_answer_what_is_asked_now_put_again_and_opened_again(lead: Lead) -> None:
    staying = Staying(lead)
    asked = {"kind": "words", "title": "What would help?", "seen": 0}
    assert lead.does("rounds", **asked).status_code == 200
    staying.have_responded(1)
    assert lead.does("rounds/1/closure").status_code == 200
    assert lead.does("rounds", round=1, seen=1).status_code == 200
    staying.have_responded(2)
    lead.does("rounds/2/closure")
    late = Staying(lead, 1)
    late.people[0].line.waits_for("stage", 'data-state="closed"')
    lead.does("rounds/2/closure/delete")
    staying.have_responded(2, MANY + 1)
    staying.leave()
    until(lambda: late.ends == ["ended"])


def test_they_hurry_when_it_closes_in_a_moment(lead: Lead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "QUICKEST", 500.0)
    monkeypatch.setattr(people, "SLOWEST", 500.0)
    staying = Staying(lead)
    number = lead.puts("weather")
    for person in staying.people:
        person.line.waits_for("stage", f'data-round="{number}"')
    lead.does(f"rounds/{number}/closure", grace=60)
    staying.have_responded(number)
    lead.does(f"rounds/{number}/closure")
    staying.leave()


def test_they_come_back_when_a_connection_breaks(lead: Lead) -> None:
    staying = Staying(lead)
    before = [person.line for person in staying.people]
    for line in before:
        line.closes()
    until(lambda: all(one.line is not was for one, was in zip(staying.people, before, strict=True)))
    staying.have_responded(lead.puts("weather"))
    staying.leave()


def test_a_door_that_is_shut_turns_them_away(lead: Lead) -> None:
    code = lead.room()["code"]
    lead.does("entry", entry="locked")
    with pytest.raises(TurnedAway):
        Person(lead.url, asks_of(lead), Random(1)).joins(code)


def test_one_in_ten_passes_one_in_ten_changes_and_one_in_twenty_takes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(people, "TAKES_BACK", 0.05)
    random = Random(7)
    done = Counter(whim(random) for _ in range(10_000))
    assert {acts: round(many / 100) for acts, many in done.items()} == {
        ("gives",): 75,
        ("passes",): 10,
        ("gives", "gives"): 10,
        ("gives", "takes back"): 5,
    }


def _always(asked: Asked, _: int) -> Asked:
    return asked


def test_what_they_give_fits_whatever_a_kind_asks() -> None:
    from attune.kinds import kind_of, kinds  # noqa: PLC0415

    for kind in kinds().values():
        settings = kind.example.model_dump(mode="json")
        asked = Asked(kind.name, settings)
        person = Person("http://127.0.0.1:1", partial(_always, asked), Random(1))
        for _ in range(50):
            kind_of(kind.name).read_answer(kind.example, person.some(1))


def test_a_stage_is_read_as_it_is_drawn() -> None:
    drawn = '<article data-round="3" data-kind="words" data-state="open" data-closes-at="17">'
    assert shown_in(f'{drawn}<div class="ask">') == (3, True, True, "17")
    assert shown_in(drawn.replace("open", "closed")) == (3, False, False, "17")
    assert shown_in("<p>Welcome</p>") == (0, False, False, "")


def test_a_form_is_sent_with_what_is_hidden_in_it() -> None:
    page = '<form action="/a"><input name="x" value="1"></form>'
    page += '<form action="/b"><input name="y"></form>'
    assert fields_of(page, "/a") == {"x": "1"}
    assert fields_of(page, "/b") == {"y": ""}
    assert fields_of(page, "/c") == {}
