"""Facilitators of one server: who owns it, and those who come by invitation."""

import re
from html import unescape

from tests.facilitator.session import Lead
from tests.facilitator.visitor import PASSWORD


def link_of(page: str) -> str:
    """The path of the link that this page shows."""
    return unescape(re.findall(r'value="https?://[^/"]+(/invitations/[^"]+)"', page)[0])


def made(by: Lead, at: str = "/invitations", name: str = "") -> str:
    """A new link, as its path."""
    reply = by.posts(at, {"name": name}, {})
    assert reply.status_code == 200, reply.text
    return link_of(reply.text)


def comes(jo: Lead, name: str) -> Lead:
    """Somebody who is invited, and makes their account."""
    someone, path = Lead(jo.url), made(jo, name=name)
    given = {"name": name, "email": email(name), "password": PASSWORD}
    reply = someone.sends(path, page=path, **given)
    assert (reply.status_code, reply.headers["Location"]) == (303, "/home"), reply.text
    return someone


def email(name: str) -> str:
    return f"{name}@rivermead.org".lower()


def number_of(jo: Lead, name: str) -> str:
    """The number under which the owner's page has somebody."""
    page = jo.opens("/people").text
    (row,) = [part for part in page.split("<li") if email(name) in part]
    return str(re.findall(r"/people/(\d+)/disabling", row)[0])
