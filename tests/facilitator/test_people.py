"""Inviting, sharing a room, shutting out: on a real server, by browsers without script."""

import re
import time
from collections.abc import Callable
from html import unescape

from tests.facilitator.people import comes, email, made, number_of
from tests.facilitator.session import JSON, Lead, Phone, code_of
from tests.facilitator.visitor import PASSWORD, Visitor, token_of, words_of
from tests.realtime.cast import Socket
from tests.servers import AttuneServer, until

NOWHERE = "This link leads nowhere."
A_SECOND = 1.2  # what is promised, and the time that asking takes


def watches(jo: Lead, someone: Lead, name: str) -> Lead:
    """Jo asks them into the room that Jo leads."""
    who = number_of(jo, name)
    assert jo.presses("facilitators", facilitator=who).status_code == 303
    someone.ref, someone.plan = jo.ref, jo.plan
    assert someone.opens(someone.path).status_code == 200
    return someone


def console(someone: Lead, audience: str = "console") -> Socket:
    auth = {"as": audience, "room": someone.ref, "have": {}}
    return Socket(someone.url, auth=auth, cookies=someone.cookies)


# --- an account -----------------------------------------------------------------------------------


def test_an_invited_person_makes_an_account_and_lands_on_the_home_page(jo: Lead) -> None:
    path = made(jo, name="Sam")
    sam = Visitor(jo.url)
    page = sam.opens(path)
    assert page.status_code == 200
    assert "You are invited to lead rooms here." in words_of(page.text)
    given = {"name": "Sam", "email": "sam@rivermead.org", "password": PASSWORD}
    short = sam.sends(path, page=path, **{**given, "password": "too short"})
    assert (short.status_code, "too short" in short.text) == (422, False)
    assert "sam@rivermead.org" in short.text
    assert sam.sends(path, page=path, **given).headers["Location"] == "/home"
    home = sam.opens("/home").text
    assert "Hello, Sam" in words_of(home)
    assert "/people" not in home
    assert sam.opens("/people").status_code == 404
    assert "sam@rivermead.org" in jo.opens("/people").text


def test_a_link_works_once_and_opening_it_does_not_use_it_up(jo: Lead) -> None:
    path = made(jo)
    for _ in range(3):
        assert Visitor(jo.url).opens(path).status_code == 200
    given = {"name": "Ida", "email": "ida@rivermead.org", "password": PASSWORD}
    ida, eve = Visitor(jo.url), Visitor(jo.url)
    token = token_of(eve.opens(path).text)
    assert ida.sends(path, page=path, **given).status_code == 303
    late = eve.session.post(
        eve.url + path,
        data={"csrf_token": token, **given, "email": "eve@rivermead.org"},
        headers={"Origin": eve.url},
        allow_redirects=False,
    )
    assert late.status_code == 404
    assert NOWHERE in words_of(late.text)
    assert "eve@rivermead.org" not in jo.opens("/people").text


def test_used_taken_back_and_made_up_links_get_one_reply(jo: Lead) -> None:
    used, taken_back = made(jo), made(jo, name="Kept apart")
    given = {"name": "Lou", "email": "lou@rivermead.org", "password": PASSWORD}
    assert Visitor(jo.url).sends(used, page=used, **given).status_code == 303
    page = jo.opens("/people").text
    (row,) = [part for part in page.split("<li") if "For Kept apart" in part]
    take_back = re.findall(r'action="(/invitations/\d+/delete)"', row)[0]
    assert jo.posts(take_back, {}, {}).status_code == 303

    def reply(path: str) -> tuple[int, str]:
        answer = Visitor(jo.url).opens(path)
        return answer.status_code, re.sub(r'content="[^"]*"', "", answer.text)

    made_up = reply("/invitations/" + "x" * 43)
    assert reply(used) == reply(taken_back) == made_up
    assert made_up[0] == 404


def test_who_has_an_account_does_not_use_a_link_up_by_mistake(jo: Lead) -> None:
    path = made(jo)
    page = jo.opens(path)
    assert "You have an account already." in words_of(page.text)
    assert jo.posts(path, {"name": "Jo"}, {}).headers["Location"] == path
    assert "You are invited" in words_of(Visitor(jo.url).opens(path).text)


def test_a_link_is_no_way_to_ask_about_many_addresses(lead_server: AttuneServer, jo: Lead) -> None:
    path = made(jo)
    eve = Visitor(lead_server.url)
    asked = {"name": "Eve", "email": "jo@rivermead.org", "password": PASSWORD}
    told = [eve.sends(path, page=path, **asked).status_code for _ in range(12)]
    assert told[:10] == [422] * 10
    assert told[-1] == 429


def test_guessing_links_is_slowed_down(server: Callable[..., AttuneServer]) -> None:
    one = server()
    guesser = Visitor(one.url)
    told = [guesser.opens(f"/invitations/{n:043}").status_code for n in range(45)]
    assert told[:40] == [404] * 40
    assert told[-1] == 429
    assert guesser.opens("/sign-in").status_code == 200


def test_a_form_without_its_token_or_from_elsewhere_changes_nothing(jo: Lead) -> None:
    jo.opens_a_room()
    path, page = made(jo), jo.opens("/people").text
    kim = re.findall(r"/people/(\d+)/disabling", page)
    for at in (
        *("/invitations", path, f"{jo.path}/facilitators", f"{jo.path}/leading"),
        *(f"{jo.path}/invitations", *(f"/people/{one}/disabling" for one in kim[:1])),
    ):
        assert jo.session.post(jo.url + at, allow_redirects=False).status_code == 400, at
        foreign = jo.posts(at, {}, {"Origin": "https://evil.example"})
        assert foreign.status_code == 403, at


def test_the_link_is_on_one_page_once_and_in_no_log(lead_server: AttuneServer, jo: Lead) -> None:
    jo.opens_a_room()
    paths = [made(jo), made(jo, f"{jo.path}/invitations")]
    for path in paths:
        assert path not in jo.opens("/people").text
        assert path not in jo.opens(f"{jo.path}/facilitators").text
        Visitor(jo.url).opens(path)
        assert path.rpartition("/")[2] not in lead_server.log_text()


# --- shutting out ---------------------------------------------------------------------------------


def test_who_is_shut_out_is_out_within_a_second_on_every_page(jo: Lead) -> None:
    pat = comes(jo, "Pat").opens_a_room()
    open_pages = [console(pat), console(pat, "screen")]
    who = number_of(jo, "Pat")
    started = time.monotonic()
    assert jo.posts(f"/people/{who}/disabling", {}, {}).status_code == 303
    assert pat.opens("/home").headers["Location"].startswith("/sign-in")
    assert pat.opens(pat.path, **JSON).status_code == 404
    for page in open_pages:
        until(lambda page=page: page.gone, 5)  # type: ignore[misc]
        assert page.gone == "removed"
    until(lambda: all(page.is_closed for page in open_pages), 5)
    took = time.monotonic() - started
    print(f"shut out and every socket closed: {took:.2f} s")
    assert took < A_SECOND * 10
    assert "don't match" in words_of(Visitor(jo.url).signs_in(email("Pat")).text)

    assert jo.posts(f"/people/{who}/disabling/delete", {}, {}).status_code == 303
    assert Visitor(jo.url).signs_in(email("Pat")).status_code == 303


def test_nobody_shuts_themselves_out(jo: Lead) -> None:
    comes(jo, "Max")
    page = jo.opens("/people").text
    mine = next(part for part in page.split("<li") if "jo@rivermead.org" in part)
    assert "disabling" not in mine
    refused = code_of(jo.posts("/people/1/disabling", {}))
    assert refused == (422, "invalid")
    assert jo.opens("/home").status_code == 200


# --- sharing a room -------------------------------------------------------------------------------


def test_a_facilitator_who_is_asked_in_leads_a_session_beside_the_lead(jo: Lead) -> None:
    jo.opens_a_room()
    kim = watches(jo, comes(jo, "Kim"), "Kim")
    assert "Watching over, with Jo Marsh" in words_of(kim.opens("/home").text)
    assert "Jo Marsh is leading. Kim is watching over." in words_of(jo.regions()["people"])
    number = kim.puts("weather")
    assert kim.does(f"rounds/{number}/closure").status_code == 200
    assert kim.opens(f"{kim.path}/summary").status_code == 200

    led = kim.opens(f"{kim.path}/ending")
    assert led.headers["Location"] == f"{kim.path}/facilitators"
    assert code_of(kim.does("ending", seen=number)) == (404, "not_yours")
    page = words_of(kim.opens(f"{kim.path}/facilitators").text)
    assert "but not end it" in page
    assert "Ask somebody in" not in page
    assert "Hand over" not in page


def test_a_link_to_a_room_leads_over_signing_in_to_its_console(jo: Lead) -> None:
    jo.opens_a_room("Supervision")
    comes(jo, "Rae")
    path = made(jo, f"{jo.path}/invitations", "Rae")
    rae = Lead(jo.url)
    led = rae.opens(path)
    assert led.headers["Location"].startswith("/sign-in?next=")
    back = rae.signs_in(email("Rae"), to=led.headers["Location"].removeprefix("/sign-in"))
    assert back.headers["Location"] == path
    assert "Watch over this room with Jo Marsh?" in words_of(rae.opens(path).text)
    assert rae.opens(jo.path).status_code == 404  # not before the button
    entered = rae.sends(path, page=path)
    assert entered.headers["Location"] == jo.path
    assert rae.opens(jo.path).status_code == 200
    assert rae.opens(path).status_code == 404


def test_a_stranger_makes_no_account_with_a_link_to_a_room(jo: Lead) -> None:
    jo.opens_a_room()
    path = made(jo, f"{jo.path}/invitations")
    eve = Visitor(jo.url)
    sent = eve.sends(path, name="Eve", email="eve@rivermead.org", password=PASSWORD)
    assert sent.status_code == 404
    assert "eve@rivermead.org" not in jo.opens("/people").text


def test_handing_over_is_one_form_and_phones_read_the_new_name(jo: Lead) -> None:
    jo.opens_a_room()
    noa = watches(jo, comes(jo, "Noa"), "Noa")
    (phone,) = jo.phones(1)
    jo.puts("weather")
    socket = Socket(
        jo.url, auth={"as": "participant", "room": jo.ref, "have": {}}, cookies=phone.cookies
    )
    until(lambda: socket.shows("stage", "Jo Marsh"), 10)
    page = jo.opens(f"{jo.path}/facilitators").text
    assert "Only Noa can hand it back." in words_of(page)
    to = re.findall(r'name="to" value="(\d+)"', page)[0]
    assert jo.presses("leading", to=to).headers["Location"] == f"{jo.path}/facilitators"
    until(lambda: socket.shows("stage", "Noa"), 10)
    assert "Jo Marsh" not in socket.regions["stage"]["html"]
    # People are told that Jo watches over it now, and whom they tell; else she is nowhere.
    read = words_of(phone.opens(phone.path).text)
    assert "Noa leads this room. Jo Marsh watches over it too." in read
    for said in ("Jo Marsh watches over it too.", "Tell Jo Marsh privately"):
        read = read.replace(said, "")
    assert "Jo Marsh" not in read
    assert code_of(jo.does("ending", seen=1)) == (404, "not_yours")
    assert noa.does("ending", seen=1).status_code == 200
    assert jo.opens(f"{jo.path}/summary").status_code == 200
    assert "Only Noa can delete it sooner." in words_of(jo.opens(f"{jo.path}/summary").text)
    assert code_of(jo.does("forgetting")) == (404, "not_yours")


def test_who_is_sent_away_is_out_within_a_second(jo: Lead) -> None:
    jo.opens_a_room()
    ole = watches(jo, comes(jo, "Ole"), "Ole")
    seen, stays = console(ole), console(jo)
    page = jo.opens(f"{jo.path}/facilitators").text
    action = re.findall(rf'action="({jo.path}/facilitators/\d+/delete)"', page)[0]
    started = time.monotonic()
    assert jo.posts(action, {}, {}).status_code == 303
    assert ole.opens(ole.path).status_code == 404
    assert ole.opens(f"{ole.path}/regions?wait=25").status_code == 404
    until(lambda: seen.gone == "removed" and seen.is_closed, 5)
    took = time.monotonic() - started
    print(f"sent away and the socket closed: {took:.2f} s")
    assert took < A_SECOND * 10
    assert not stays.gone
    assert "Ole" not in jo.regions()["people"]


def test_one_leaves_a_room_by_oneself(jo: Lead) -> None:
    jo.opens_a_room()
    uma = watches(jo, comes(jo, "Uma"), "Uma")
    page = uma.opens(f"{uma.path}/facilitators").text
    (action,) = re.findall(rf'action="({uma.path}/facilitators/\d+/delete)"', page)
    assert uma.posts(action, {}, {}).headers["Location"] == "/home"
    assert uma.opens(uma.path).status_code == 404


def test_a_room_whose_lead_was_shut_out_is_taken_over(jo: Lead) -> None:
    lee, bo = comes(jo, "Lee").opens_a_room(), comes(jo, "Bo")
    who = number_of(jo, "Bo")
    assert lee.presses("facilitators", facilitator=who).status_code == 303
    bo.ref = lee.ref
    assert code_of(bo.does("leading", to=who)) == (404, "not_yours")
    assert jo.posts(f"/people/{number_of(jo, 'Lee')}/disabling", {}, {}).status_code == 303
    assert "Lead this room yourself" in words_of(bo.opens(f"{bo.path}/facilitators").text)
    assert bo.does("leading", to=who).status_code == 200
    assert bo.does("ending", seen=0).status_code == 200


def test_a_room_that_nobody_can_lead_is_ended_by_the_owner_who_sees_nothing_of_it(
    jo: Lead,
) -> None:
    pia = comes(jo, "Pia").opens_a_room("Pia's own group")
    pia.puts("weather")
    (phone,) = pia.phones(1)
    number = number_of(jo, "Pia")
    ends = f"/people/{number}/endings"
    assert ends not in jo.opens("/people").text
    assert jo.posts(ends, {}, {}).status_code == 303  # and nothing happens
    assert phone.opens(phone.path).status_code == 200
    assert jo.posts(f"/people/{number}/disabling", {}, {}).status_code == 303
    page = jo.opens("/people").text
    assert "1 room of theirs still runs, and nobody can lead it" in words_of(page)
    assert "Pia's own group" not in unescape(page)
    assert jo.posts(ends, {}, {}).status_code == 303
    assert ends not in jo.opens("/people").text
    assert "The session has ended" in words_of(phone.opens(phone.path).text)
    for path in (pia.path, f"{pia.path}/summary"):
        assert jo.opens(path).status_code == 404
    assert jo.posts(f"/people/{number}/disabling/delete", {}, {}).status_code == 303
    assert "Pia's own group" in unescape(pia.opens(f"{pia.path}/summary").text)


def test_who_answers_in_a_room_before_watching_over_it_raises_its_need(jo: Lead) -> None:
    jo.opens_a_room()
    ana = comes(jo, "Ana")
    seated = Phone(jo.url)
    seated.session = ana.session  # the same browser: signed in, and in the room
    seated.joins(jo.room()["code"])
    (phone,) = jo.phones(1)
    before = needs(jo, phone)
    watches(jo, ana, "Ana")  # opens the console
    assert needs(jo, phone) == before + 1
    ana.opens(ana.path)
    assert needs(jo, phone) == before + 1


def needs(lead: Lead, phone: Phone) -> int:
    """From how many answers on the step that is put now is shown."""
    lead.puts("weather")
    return int(re.findall(r"once (\d+) people", words_of(phone.opens(phone.path).text))[0])
