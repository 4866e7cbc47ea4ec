"""Giving over the socket: the reply comes after COMMIT, once, and says what became of it."""

from tests.realtime.cast import Lead, idem, tea
from tests.servers import until


def given(lead: Lead, number: int) -> int:
    found: int = lead.sees()["rounds"][number - 1]["given"]
    return found


def test_what_is_put_is_seen_on_a_phone_and_what_is_given_is_counted(lead: Lead) -> None:
    lead.opens()
    phone, console = lead.phone().connects(), lead.watches()
    number = lead.puts()
    until(lambda: phone.shows("stage", "Step 1"))
    assert phone.asks("answer", tea(number)) == {"ok": True, "ver": 1}
    assert given(lead, number) == 1
    until(lambda: console.shows("counts", "1 of 1 here have responded"))


def test_the_same_send_again_is_told_the_same_and_changes_nothing(lead: Lead) -> None:
    phone = lead.opens().phone().connects()
    number = lead.puts()
    sent = tea(number)
    replies = [phone.asks("answer", sent) for _ in range(3)]
    assert replies == [{"ok": True, "ver": 1}] * 3
    assert given(lead, number) == 1


def test_the_same_idem_with_other_words_is_a_change(lead: Lead) -> None:
    phone = lead.opens().phone().connects()
    number = lead.puts()
    sent = tea(number, "a")
    phone.asks("answer", sent)
    assert phone.asks("answer", sent | {"answer": {"picks": ["b"]}}) == {"ok": True, "ver": 2}
    assert phone.asks("mine")["rounds"][str(number)]["answer"]["picks"] == ["b"]
    assert given(lead, number) == 1


def test_a_late_retry_of_one_tab_does_not_undo_what_the_other_gave_since(lead: Lead) -> None:
    ana = lead.opens().phone()
    one, other = ana.connects(), ana.connects()
    number = lead.puts()
    first = tea(number, "a")
    one.asks("answer", first)
    other.asks("answer", tea(number, "c"))
    assert one.asks("answer", first)["ok"]
    for tab in (one, other):
        assert tab.asks("mine")["rounds"][str(number)]["answer"]["picks"] == ["c"]
    assert given(lead, number) == 1


def test_the_fields_of_the_page_s_form_are_an_answer_too(lead: Lead) -> None:
    phone = lead.opens().phone().connects()
    number = lead.puts()
    sent = {"round": number, "idem": idem(), "form": [["picks", "b"]]}
    assert phone.asks("answer", sent) == {"ok": True, "ver": 1}
    assert phone.asks("mine")["rounds"][str(number)]["answer"]["picks"] == ["b"]


def test_a_pass_counts_like_an_answer_and_what_is_taken_back_does_not(lead: Lead) -> None:
    phone = lead.opens().phone().connects()
    number = lead.puts()
    assert phone.asks("answer", {"round": number, "idem": idem(), "pass": True})["ok"]
    assert given(lead, number) == 1
    assert phone.asks("mine")["rounds"][str(number)]["pass"] is True
    assert phone.asks("take_back", {"round": number, "idem": idem()}) == {"ok": True}
    assert given(lead, number) == 0
    assert phone.asks("mine")["rounds"] == {}


def test_who_is_late_hears_closed_and_whose_retry_is_late_hears_that_it_was_kept(
    lead: Lead,
) -> None:
    lead.opens(k=3)
    phones = [lead.phone().connects() for _ in range(3)]
    late = lead.phone().connects()
    number = lead.puts()
    kept = tea(number)
    for phone in phones:
        phone.asks("answer", kept)
    lead.closes(number)
    assert late.asks("answer", tea(number))["error"]["code"] == "closed"
    assert phones[0].asks("answer", kept) == {"ok": True, "ver": 1}
    assert lead.does(f"/rounds/{number}/preview") == 303
    assert late.asks("answer", tea(number))["error"]["code"] == "closed"
    assert phones[0].asks("answer", kept)["ok"]
    assert given(lead, number) == 3


def test_what_does_not_fit_is_refused_with_the_place_and_a_sentence(lead: Lead) -> None:
    phone = lead.opens().phone().connects()
    number = lead.puts()
    wrong = {
        "round": [tea(number) | {"round": round} for round in (99, 0, "1", True, None, 1.5)],
        "idem": [tea(number) | {"idem": one} for one in ("", "x" * 32, 7, "A" * 32)],
        "picks": [tea(number, "z")],
    }
    for place, payloads in wrong.items():
        for payload in payloads:
            error = phone.asks("answer", payload)["error"]
            assert error["code"] == "invalid", payload
            assert error["field"].partition(".")[0] == place, payload
            assert error["message"]
    assert phone.asks("answer", tea(number) | {"pass": True})["error"]["code"] == "invalid"
    assert given(lead, number) == 0


def test_a_seat_that_floods_is_told_so_and_others_are_not(lead: Lead) -> None:
    lead.opens()
    fast, other = lead.phone().connects(), lead.phone().connects()
    number = lead.puts()
    codes = [fast.asks("answer", tea(number)).get("error", {}).get("code") for _ in range(16)]
    assert codes[0] is None
    assert "too_fast" in codes
    assert other.asks("answer", tea(number)) == {"ok": True, "ver": 1}


def test_the_clock_says_what_was_asked_and_two_times_of_the_server(lead: Lead) -> None:
    phone = lead.opens().phone().connects()
    told = phone.asks("clock", {"t0": 12.5})
    assert told["t0"] == 12.5
    assert 1_700_000_000_000 < told["t1"] <= told["t2"]
    assert phone.asks("clock", {"t0": "12"})["error"]["code"] == "invalid"
