"""S1: who reaches which address: the whole table, written by hand and tried on a real server.

An address that has no row fails the test. Every cell that refuses is asked twice, as a page and
as JSON, and has to leave the database as it was: a status alone would not show that.
"""

# ruff: noqa: E501  # a table is read across

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

import facilitator
import participant
import realtime
from attune.app import create_app
from attune.config import Config
from attune.models import Facilitator, Room, RoomFacilitator
from attune.rehearsal import pages
from tests.facilitator.visitor import Visitor, token_of
from tests.house import CHOICE
from tests.realtime.cast import Lead, Phone, everybody_leaves, idem
from tests.servers import AttuneServer

SIGN = "sign in"  # led to the sign-in page, and back after it
GO = 303  # done, or led on to another page

# `mine`: it belongs to this room or its plan. `shut out`: led this room, and was disabled.
WHO = (
    "nobody",
    "in the room",
    "at its door",
    "in another",
    "leads it",
    "leads another",
    "shut out",
)

# The room is live, its first round open. Rows are tried from the top down, as a session goes.
LIVE: dict[str, tuple[int | str, ...]] = {
    #                                                 nobody  in   door  other   leads  leads    shut
    #                                                         room       room    it     another  out
    "GET /healthz":                                  (200,   200,  200,  200,    200,   200,     200),
    "GET /readyz":                                   (200,   200,  200,  200,    200,   200,     200),
    "GET /socket.io/":                               (400,   400,  400,  400,    400,   400,     400),
    "GET /what-we-store":                            (200,   200,  200,  200,    200,   200,     200),
    "GET /":                                         (200,   200,  200,  200,    200,   200,     200),
    "GET /join/CODE":                                (200,   GO,   GO,   200,    200,   200,     200),
    "POST /join":                                    (GO,    GO,   GO,   GO,     GO,    GO,      GO),

    "GET /setup":                                    (GO,    GO,   GO,   GO,     GO,    GO,      GO),
    "POST /setup":                                   (404,   404,  404,  404,    404,   404,     404),
    "GET /sign-in":                                  (200,   200,  200,  200,    GO,    GO,      200),
    "POST /sign-in":                                 (422,   422,  422,  422,    422,   422,     422),
    "GET /sign-in/second-step":                      (GO,    GO,   GO,   GO,     GO,    GO,      GO),
    "POST /sign-in/second-step":                     (GO,    GO,   GO,   GO,     GO,    GO,      GO),
    "POST /sign-out":                                (404,   404,  404,  404,    GO,    GO,      404),
    "GET /home":                                     (SIGN,  SIGN, SIGN, SIGN,   200,   200,     SIGN),
    "GET /account":                                  (SIGN,  SIGN, SIGN, SIGN,   200,   200,     SIGN),
    "POST /account/password":                        (404,   404,  404,  404,    422,   422,     404),
    "GET /account/second-step":                      (SIGN,  SIGN, SIGN, SIGN,   200,   200,     SIGN),
    "POST /account/second-step":                     (404,   404,  404,  404,    422,   422,     404),
    "POST /account/second-step/delete":              (404,   404,  404,  404,    422,   422,     404),
    "POST /account/recovery-codes":                  (404,   404,  404,  404,    422,   422,     404),
    "POST /account/sign-ins/BROWSER/delete":         (404,   404,  404,  404,    GO,    GO,      404),
    "POST /account/sign-ins/delete":                 (404,   404,  404,  404,    GO,    GO,      404),
    "GET /people":                                   (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "GET /audit":                                    (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "POST /people/PERSON/disabling":                 (404,   404,  404,  404,    GO,    404,     404),
    "POST /people/PERSON/disabling/delete":          (404,   404,  404,  404,    GO,    404,     404),
    "POST /people/PERSON/resets":                    (404,   404,  404,  404,    200,   404,     404),
    "GET /resets":                                   (404,   404,  404,  404,    404,   404,     404),
    "POST /resets":                                  (404,   404,  404,  404,    404,   404,     404),
    "GET /resets/TOKEN":                             (404,   404,  404,  404,    404,   404,     404),
    "POST /resets/TOKEN":                            (404,   404,  404,  404,    404,   404,     404),
    "POST /people/PERSON/endings":                   (404,   404,  404,  404,    GO,    404,     404),
    "GET /invitations/TOKEN":                        (200,   200,  200,  200,    200,   200,     200),
    "POST /invitations/TOKEN":                       (422,   422,  422,  422,    GO,    GO,      422),
    "POST /invitations":                             (404,   404,  404,  404,    200,   404,     404),
    "POST /invitations/LINK/delete":                 (404,   404,  404,  404,    GO,    404,     404),
    "GET /programmes":                               (SIGN,  SIGN, SIGN, SIGN,   200,   200,     SIGN),
    "GET /programmes/SLUG":                          (SIGN,  SIGN, SIGN, SIGN,   200,   200,     SIGN),
    "GET /programmes/SLUG/steps/N":                  (SIGN,  SIGN, SIGN, SIGN,   200,   200,     SIGN),
    "POST /programmes/SLUG/plans":                   (404,   404,  404,  404,    GO,    GO,      404),
    "GET /plans":                                    (SIGN,  SIGN, SIGN, SIGN,   200,   200,     SIGN),
    "GET /plans/ID":                                 (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "GET /plans/ID/steps/N":                         (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "POST /plans/ID":                                (404,   404,  404,  404,    GO,    404,     404),
    "POST /plans/ID/copies":                         (404,   404,  404,  404,    GO,    404,     404),
    "POST /plans/ID/steps":                          (404,   404,  404,  404,    GO,    404,     404),
    "POST /plans/ID/steps/N":                        (404,   404,  404,  404,    GO,    404,     404),
    "POST /plans/ID/steps/N/position":               (404,   404,  404,  404,    GO,    404,     404),
    "GET /plans/ID/steps/N/preview":                 (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "GET /plans/ID/steps/N/print":                   (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "POST /plans/ID/steps/N/delete":                 (404,   404,  404,  404,    409,    404,     404),
    "GET /plans/ID/shares":                          (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "POST /plans/ID/shares":                         (404,   404,  404,  404,    GO,    404,     404),
    "POST /plans/ID/shares/PERSON/delete":           (404,   404,  404,  404,    GO,    404,     404),
    "GET /plans/ID/delete":                          (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "POST /plans/ID/delete":                         (404,   404,  404,  404,    409,    404,     404),
    "POST /plans/ID/rooms":                          (404,   404,  404,  404,    GO,    404,     404),

    "GET /r/REF":                                    (404,   200,  200,  404,    404,   404,     404),
    "GET /r/REF/mine":                               (404,   200,  404,  404,    404,   404,     404),
    "GET /r/REF/regions":                            (404,   200,  404,  404,    404,   404,     404),
    "GET /r/REF/terms":                              (404,   200,  200,  404,    404,   404,     404),
    "POST /r/REF/rounds/N/answer":                   (404,   GO,   404,  404,    404,   404,     404),
    "POST /r/REF/rounds/N/pass":                     (404,   GO,   404,  404,    404,   404,     404),
    "POST /r/REF/rounds/N/answer/delete":            (404,   GO,   404,  404,    404,   404,     404),
    "POST /r/REF/rounds/N/resonances":               (404,   422,  404,  404,    404,   404,     404),
    "POST /r/REF/rounds/N/resonances/delete":        (404,   422,  404,  404,    404,   404,     404),
    "GET /r/REF/signals":                            (404,   200,  404,  404,    404,   404,     404),
    "POST /rooms/REF/signals/SIGNAL/acknowledgement": (404,  404,  404,  404,    GO,    404,     404),
    "GET /rooms/REF/signals/SIGNAL/replies":         (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "POST /rooms/REF/signals/SIGNAL/replies":        (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/signals/SIGNAL/care":           (404,   404,  404,  404,    GO,    404,     404),
    "POST /r/REF/signals/SIGNAL/delete":             (404,   GO,   404,  404,    404,   404,     404),
    "POST /r/REF/signals":                           (404,   GO,   404,  404,    404,   404,     404),
    "POST /r/REF/away":                              (404,   GO,   404,  404,    404,   404,     404),
    "POST /r/REF/away/delete":                       (404,   GO,   404,  404,    404,   404,     404),

    "GET /rooms/REF":                                (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "GET /rooms/REF/regions":                        (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "GET /rooms/REF/screen":                         (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "GET /rooms/REF/summary":                        (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "GET /rooms/REF/summary.ENDING":                 (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "POST /rooms/REF/opening":                       (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/entry":                         (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/cover":                         (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/cover/delete":                  (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/pause":                         (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/pause/delete":                  (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/rounds/N/progress":             (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/rounds/N/closure/delete":       (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/rounds/N/closure":              (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/rounds/N/preview":              (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/rounds/N/release":              (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/rounds/N/release/delete":       (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/rounds/N/release/places":      (404,   404,  404,  404,    422,   404,     404),
    "POST /rooms/REF/rounds/N/release/pins":        (404,   404,  404,  404,    422,   404,     404),
    "POST /rooms/REF/rounds/N/release/pins/delete": (404,   404,  404,  404,    422,   404,     404),
    "POST /rooms/REF/rounds/N/release/edits":        (404,   404,  404,  404,    422,   404,     404),
    "POST /rooms/REF/rounds/N/release/edits/delete": (404,   404,  404,  404,    409,   404,     404),
    "POST /rooms/REF/rounds/N/release/stops":        (404,   404,  404,  404,    422,   404,     404),
    "POST /rooms/REF/rounds/N/release/stops/delete": (404,   404,  404,  404,    422,   404,     404),
    "POST /rooms/REF/rounds/N/release/page":         (404,   404,  404,  404,    GO,    404,     404),
    "GET /rooms/REF/rounds/N/by-hand":               (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "POST /rooms/REF/rounds/N/by-hand":              (404,   404,  404,  404,    GO,    404,     404),
    "GET /rooms/REF/rounds/new":                     (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "GET /rooms/REF/rounds/N/follow-up":             (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "POST /rooms/REF/rounds/N/follow-up":            (404,   404,  404,  404,    GO,    404,     404),
    "GET /rooms/REF/notes":                          (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "GET /rooms/REF/terms":                          (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "POST /rooms/REF/terms":                         (404,   404,  404,  404,    GO,    404,     404),
    "GET /rooms/REF/announcement":                   (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "POST /rooms/REF/announcement":                  (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/announcement/delete":           (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/notes":                         (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/rounds":                        (404,   404,  404,  404,    GO,    404,     404),
    "POST /r/REF/seat/delete":                       (404,   GO,   GO,   404,    404,   404,     404),
    "POST /rooms/REF/admissions":                    (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/admissions/delete":             (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/code":                          (404,   404,  404,  404,    GO,    404,     404),
    "GET /rooms/REF/facilitators":                   (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "POST /rooms/REF/facilitators":                  (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/invitations":                   (404,   404,  404,  404,    200,   404,     404),
    "POST /rooms/REF/invitations/LINK/delete":       (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/facilitators/PERSON/delete":    (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/leading":                       (404,   404,  404,  404,    GO,    404,     404),
    "GET /rooms/REF/ending":                         (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "POST /rooms/REF/forgetting":                    (404,   404,  404,  404,    409,   404,     404),
    "POST /rooms/REF/ending":                        (404,   404,  404,  404,    GO,    404,     404),
}  # fmt: skip

# The room has ended: anybody with its address gets the goodbye, and nothing of it.
ENDED: dict[str, tuple[int | str, ...]] = {
    #                                                 nobody  in   door  other   leads  leads    shut
    #                                                         room       room    it     another  out
    "GET /join/CODE":                                (404,   404,  404,  404,    404,   404,     404),
    "POST /join":                                    (404,   404,  404,  404,    404,   404,     404),
    "GET /r/REF":                                    (200,   200,  200,  200,    200,   200,     200),
    "GET /r/REF/mine":                               (410,   410,  410,  410,    410,   410,     410),
    "GET /r/REF/regions":                            (410,   410,  410,  410,    410,   410,     410),
    "GET /r/REF/terms":                              (410,   410,  410,  410,    410,   410,     410),
    "POST /r/REF/rounds/N/answer":                   (410,   410,  410,  410,    410,   410,     410),
    "POST /r/REF/rounds/N/pass":                     (410,   410,  410,  410,    410,   410,     410),
    "POST /r/REF/rounds/N/answer/delete":            (410,   410,  410,  410,    410,   410,     410),
    "POST /r/REF/rounds/N/resonances":               (410,   410,  410,  410,    410,   410,     410),
    "POST /r/REF/rounds/N/resonances/delete":        (410,   410,  410,  410,    410,   410,     410),
    "GET /r/REF/signals":                            (410,   410,  410,  410,    410,   410,     410),
    "POST /r/REF/signals":                           (410,   410,  410,  410,    410,   410,     410),
    "POST /r/REF/signals/SIGNAL/delete":             (410,   410,  410,  410,    410,   410,     410),
    "POST /r/REF/away":                              (410,   410,  410,  410,    410,   410,     410),
    "POST /r/REF/away/delete":                       (410,   410,  410,  410,    410,   410,     410),
    "POST /rooms/REF/signals/SIGNAL/acknowledgement": (404,  404,  404,  404,    410,   404,     404),
    "GET /rooms/REF/signals/SIGNAL/replies":         (SIGN,  SIGN, SIGN, SIGN,   410,   404,     SIGN),
    "POST /rooms/REF/signals/SIGNAL/replies":        (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/signals/SIGNAL/care":           (404,   404,  404,  404,    410,   404,     404),
    "POST /r/REF/seat/delete":                       (410,   410,  410,  410,    410,   410,     410),

    "GET /rooms/REF":                                (SIGN,  SIGN, SIGN, SIGN,   GO,    404,     SIGN),
    "GET /rooms/REF/regions":                        (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "GET /rooms/REF/screen":                         (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "GET /rooms/REF/summary":                        (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "GET /rooms/REF/summary.ENDING":                 (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "GET /rooms/REF/ending":                         (SIGN,  SIGN, SIGN, SIGN,   GO,    404,     SIGN),
    "GET /rooms/REF/facilitators":                   (SIGN,  SIGN, SIGN, SIGN,   200,   404,     SIGN),
    "POST /rooms/REF/facilitators":                  (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/facilitators/PERSON/delete":    (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/leading":                       (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/invitations":                   (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/invitations/LINK/delete":       (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/opening":                       (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/entry":                         (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/admissions":                    (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/admissions/delete":             (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/code":                          (404,   404,  404,  404,    410,   404,     404),
    "GET /rooms/REF/rounds/N/by-hand":               (SIGN,  SIGN, SIGN, SIGN,   GO,    404,     SIGN),
    "POST /rooms/REF/rounds/N/by-hand":              (404,   404,  404,  404,    410,   404,     404),
    "GET /rooms/REF/rounds/new":                     (SIGN,  SIGN, SIGN, SIGN,   GO,    404,     SIGN),
    "GET /rooms/REF/rounds/N/follow-up":             (SIGN,  SIGN, SIGN, SIGN,   GO,    404,     SIGN),
    "POST /rooms/REF/rounds/N/follow-up":            (404,   404,  404,  404,    410,   404,     404),
    "GET /rooms/REF/notes":                          (SIGN,  SIGN, SIGN, SIGN,   GO,    404,     SIGN),
    "GET /rooms/REF/terms":                          (SIGN,  SIGN, SIGN, SIGN,   GO,    404,     SIGN),
    "POST /rooms/REF/terms":                         (404,   404,  404,  404,    410,   404,     404),
    "GET /rooms/REF/announcement":                   (SIGN,  SIGN, SIGN, SIGN,   GO,    404,     SIGN),
    "POST /rooms/REF/announcement":                  (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/announcement/delete":           (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/notes":                         (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/rounds":                        (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/cover":                         (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/cover/delete":                  (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/pause":                         (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/pause/delete":                  (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/rounds/N/progress":             (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/rounds/N/closure":              (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/rounds/N/closure/delete":       (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/rounds/N/preview":              (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/rounds/N/release":              (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/rounds/N/release/delete":       (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/rounds/N/release/places":      (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/rounds/N/release/pins":        (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/rounds/N/release/pins/delete": (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/rounds/N/release/edits":        (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/rounds/N/release/edits/delete": (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/rounds/N/release/stops":        (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/rounds/N/release/stops/delete": (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/rounds/N/release/page":         (404,   404,  404,  404,    410,   404,     404),
    "POST /rooms/REF/ending":                        (404,   404,  404,  404,    GO,    404,     404),
    "POST /rooms/REF/forgetting":                    (404,   404,  404,  404,    GO,    404,     404),
}  # fmt: skip

# What a rehearsal's server has beside all of that; in one there is nobody else who could sign in.
REHEARSAL: dict[str, tuple[int | str, ...]] = {
    "GET /rehearsal":                                (404,   404,  404,  404,    200,   200,     404),
}  # fmt: skip

# Refusals that say who somebody is, or that the room is no more: nothing may change by them.
CLOSED = {SIGN, 404, 410}

# What a variable of an address is called in the tables.
NAMES = {
    "code": "CODE",
    "ending": "ENDING",
    "facilitator_id": "PERSON",
    "invitation_id": "LINK",
    "n": "N",
    "number": "N",
    "plan_id": "ID",
    "position": "N",
    "ref": "REF",
    "sign_in_id": "BROWSER",
    "signal_id": "SIGNAL",
    "slug": "SLUG",
    "token": "TOKEN",
}


class Cell(NamedTuple):
    """One address, asked by one of them."""

    address: str
    who: str


class Cast:
    """A live room with one of everybody, and what to fill into addresses and forms."""

    def __init__(self, server: AttuneServer) -> None:
        self.server = server
        self.lead = Lead(server).opens(CHOICE, k=3)
        self.people = self._everybody()
        self.words = {
            "REF": self.lead.ref,
            "CODE": self.lead.code,
            "ID": str(self._plan()),
            "SLUG": "classroom-check-in",
            "ENDING": "md",
            "BROWSER": "2147483647",
            "N": "1",
            "SIGNAL": self._said(),
            **self._more(),
        }
        self.fields: dict[str, dict[str, str]] = {
            "POST /join": {"code": self.lead.code, "consent": "yes"},
            # Each change counts the plan's revision up.
            "POST /plans/ID": {"revision": "1", "title": "Another name"},
            "POST /plans/ID/steps": {"revision": "2", "kind": "choice"},
            "POST /plans/ID/steps/N": {"revision": "3", "frame.title": "Another title"},
            "POST /plans/ID/steps/N/position": {"revision": "4", "to": "1"},
            "POST /plans/ID/steps/N/delete": {"revision": "1"},
            "POST /plans/ID/delete": {"revision": "5"},
            "POST /plans/ID/rooms": {"title": "Another group", "entry": "open"},
            "POST /r/REF/rounds/N/answer": {"picks": "a", "idem": idem()},
            "POST /r/REF/rounds/N/pass": {"idem": idem()},
            "POST /r/REF/rounds/N/answer/delete": {"idem": idem()},
            "POST /r/REF/signals": {"kind": "support", "level": "1"},
            "POST /rooms/REF/signals/SIGNAL/replies": {"ready": "seen"},
            "POST /rooms/REF/entry": {"entry": "admit"},
            "POST /rooms/REF/notes": {"round": "1", "text": "A long pause."},
            "POST /rooms/REF/rounds/N/follow-up": {"text": "I spoke to everybody."},
            "POST /rooms/REF/announcement": {"text": "You are not in trouble."},
            "POST /rooms/REF/rounds": {"step": str(self.lead.steps[0]), "seen": "1"},
            "POST /rooms/REF/rounds/N/closure": {"grace": "0"},
            "POST /rooms/REF/rounds/N/progress": {"to": "0"},
            "POST /rooms/REF/rounds/N/release": {"form": "full"},
            "POST /rooms/REF/rounds/N/release/edits": {"edit": "hide:picks:a"},
            "POST /rooms/REF/rounds/N/release/page": {"to": "1"},
            "POST /rooms/REF/facilitators": {"facilitator": self.words["PERSON"]},
            "POST /plans/ID/shares": {"facilitator": self.words["PERSON"], "may": "read"},
            "POST /rooms/REF/leading": {"to": self.id_of(self.lead)},
            "POST /rooms/REF/ending": {"seen": "2"},
        }
        self._tokens: dict[str, str] = {}

    def asks(self, cell: Cell, *, as_json: bool = False) -> int | str:
        """What this person is told at this address: a status, or that they have to sign in.

        The whole answer is in `reply`.
        """
        person = self.people[cell.who]
        method, path = cell.address.split()
        for name, word in self.words.items():
            path = re.sub(rf"\b{name}\b", word, path)
        form = self._form(cell) if method == "POST" else None
        with requests.Session() as browser:  # a copy: what it is told to forget, only it forgets
            browser.cookies.update(person.session.cookies)
            reply = browser.request(
                method,
                person.url + path,
                data=form,
                headers={"Origin": person.url}
                | ({"Accept": "application/json"} if as_json else {}),
                allow_redirects=False,
            )
        self.reply = reply
        if cell.address == "POST /sign-out" and reply.status_code == GO:
            self._comes_back(cell.who)
        if reply.headers.get("Location", "").startswith("/sign-in?next="):
            return SIGN
        return reply.status_code

    def _comes_back(self, who: str) -> None:
        """Signing out is for the server too, and a copy of a browser has done it."""
        person = self.people[who]
        assert isinstance(person, Lead)
        self._tokens.pop(who)
        person.session.cookies.clear()
        assert person.signs_in(person.email).status_code == GO

    def stored(self) -> list[str]:
        """Everything in the database, but for the counters that move when a phone goes away."""
        with sqlite3.connect(self.server.folder / "attune.sqlite") as database:
            return [line for line in database.iterdump() if '"version"' not in line]

    def token(self, who: str) -> str:
        """What a form of this person has to carry."""
        if who not in self._tokens:
            # The first also sets the cookie of a browser that has none yet.
            self._tokens[who] = token_of(self.people[who].follows("/sign-in").text)
        return self._tokens[who]

    def _form(self, cell: Cell) -> dict[str, str]:
        return {"csrf_token": self.token(cell.who), **self.fields.get(cell.address, {})}

    def _everybody(self) -> dict[str, Visitor]:
        lead = self.lead
        inside = lead.phone()
        others = [lead.phone() for _ in range(3)]
        assert lead.does("/entry", entry="admit") == 303
        waiting = lead.phone()
        number = lead.puts()
        for phone in others:
            path = f"/r/{lead.ref}"
            gives = phone.sends(f"{path}/rounds/{number}/answer", page=path, picks="a", idem=idem())
            assert gives.status_code == 303
        another = Lead(self.server).opens(CHOICE)
        return {
            "nobody": Phone(self.server.url),
            "in the room": inside,
            "at its door": waiting,
            "in another": another.phone(),
            "leads it": lead,
            "leads another": another,
            "shut out": self._shut_out(),
        }

    def _said(self) -> str:
        """What somebody in the room says privately, while a console is there."""
        self.lead.watches()
        path = f"/r/{self.lead.ref}"
        phone = self.people["in the room"]
        assert phone.sends(f"{path}/signals", page=path, level="1").status_code == 303
        said = phone.asks_for(f"{path}/mine")["signals"]
        return str(said[0]["id"])

    def _shut_out(self) -> Lead:
        """Somebody who led this room too, is signed in still, and was disabled."""
        once = Lead(self.server)
        with Session(self.lead.engine) as session, session.begin():
            room = session.scalars(sa.select(Room).where(Room.ref == self.lead.ref)).one()
            me = session.scalars(
                sa.select(Facilitator).where(Facilitator.email == once.email)
            ).one()
            session.add(RoomFacilitator(room_id=room.id, facilitator_id=me.id, role="co"))
        assert once.follows(f"/rooms/{self.lead.ref}").url.endswith(self.lead.ref)
        assert self.server.command("facilitator", "disable", once.email).returncode == 0
        return once

    def _more(self) -> dict[str, str]:
        """Somebody with an account, and two links: one to be opened, one to be taken back."""
        made = [
            self.lead.session.post(
                f"{self.lead.url}/invitations",
                data={"csrf_token": token_of(self.lead.follows("/home").text)},
                headers={"Origin": self.lead.url, "Accept": "application/json"},
            ).json()
            for _ in range(2)
        ]
        return {
            "PERSON": self.id_of(Lead(self.server)),
            "LINK": str(made[0]["id"]),
            "TOKEN": made[1]["link"].rpartition("/")[2],
        }

    def id_of(self, person: Lead) -> str:
        with Session(self.lead.engine) as session:
            me = sa.select(Facilitator.id).where(Facilitator.email == person.email)
            return str(session.scalars(me).one())

    def _plan(self) -> int:
        with Session(self.lead.engine) as session:
            plan = session.scalar(sa.select(Room.plan_id).where(Room.ref == self.lead.ref))
            assert plan
            return plan


def wrong(cast: Cast, table: Mapping[str, tuple[int | str, ...]]) -> list[str]:
    """The cells that are not as the table says, and refusals that changed something."""
    return [told for address, row in table.items() for told in _wrong_in(cast, address, row)]


def _wrong_in(cast: Cast, address: str, row: tuple[int | str, ...]) -> Iterator[str]:
    for who, expected in zip(WHO, row, strict=True):
        cell = Cell(address, who)
        before = cast.stored() if expected in CLOSED else None
        found = cast.asks(cell)
        if found != expected:
            yield f"{address}, {who}: {found}, not {expected}"
        if expected in CLOSED:
            as_json = cast.asks(cell, as_json=True)
            if as_json != (404 if expected == SIGN else expected):
                yield f"{address}, {who}, as JSON: {as_json}"
            if cast.stored() != before:
                yield f"{address}, {who}: refused, and yet something changed"


def without_row(app: Flask) -> set[str]:
    """The addresses that the table does not know."""
    return addresses(app) - set(LIVE)


def addresses(app: Flask) -> set[str]:
    return {
        f"{method} {_written(rule.rule)}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def _written(rule: str) -> str:
    return re.sub(r"<(?:[^>]*:)?(\w+)>", lambda found: NAMES[found[1]], rule)


def shipped(folder: Path, *more: Any) -> Flask:
    sides = [facilitator, participant, realtime, *more]
    return create_app(sides=sides, config=Config(instance=folder))


@pytest.fixture
def cast(server: Callable[..., AttuneServer]) -> Iterator[Cast]:
    yield Cast(server())
    everybody_leaves()


def test_every_address_has_a_row_and_every_row_an_address(tmp_path: Path) -> None:
    assert addresses(shipped(tmp_path)) == set(LIVE)
    assert set(ENDED) == {row for row in LIVE if "REF" in row or "join" in row.lower()}


@pytest.mark.timeout(600)  # 1,820 cells, and each that refuses is asked twice
def test_every_address_is_open_to_those_alone_whose_it_is(cast: Cast) -> None:
    """One room from its first round to its end, and after it."""
    assert wrong(cast, LIVE) == []
    assert wrong(cast, ENDED) == []
    assert wrong(cast, forgotten()) == []
    cells = len(WHO) * (len(LIVE) + len(ENDED) + len(forgotten()))
    print(f"S1: {cells} cells, 0 wrong")


def test_a_rehearsal_has_one_page_more_and_an_ordinary_server_has_not(tmp_path: Path) -> None:
    app = shipped(tmp_path / "app")
    assert addresses(app).isdisjoint(REHEARSAL)
    pages.attach(app, people=8)
    assert without_row(app) == set(REHEARSAL)
    server = AttuneServer(tmp_path)
    page = "page = pages.attach(wsgi.app, people=8)\npage.ref, page.code = 'r', 'c'"
    more = f"import wsgi\nfrom attune.rehearsal import pages\n{page}"
    server.program = ("-c", f"{more}\nfrom attune.cli import main\nmain()")
    try:
        assert wrong(Cast(server.start()), REHEARSAL) == []
    finally:
        everybody_leaves()
        server.stop()


def forgotten() -> dict[str, tuple[int | str, ...]]:
    """A room that was forgotten is not there, for anybody."""
    signs = (SIGN, SIGN, SIGN, SIGN, 404, 404, SIGN)
    return {
        address: signs if address.startswith("GET /rooms/") else (404,) * len(WHO)
        for address in ENDED
    }


# --- the same tests against broken variants ---------------------------------------------------


class LeftOpen:
    """A side with one address that nobody thought of."""

    def init_app(self, app: Flask) -> None:
        app.add_url_rule("/rooms/<ref>/people", "people", lambda ref: {"people": 3})


def test_an_address_that_nobody_wrote_down_is_found(tmp_path: Path) -> None:
    assert without_row(shipped(tmp_path, LeftOpen())) == {"GET /rooms/REF/people"}


MISTAKES = {
    # A lookup that starts from the room and not from the person who asks.
    "anybody's room": (
        "import attune.access as a; a.room_for = lambda me, ref: a._one(a.room_by_ref(ref))",
        "GET /rooms/REF",
        "leads another: 200, not 404",
    ),
    # A page that was opened to all: it draws whoever is signed in, and falls over nobody.
    "an open page": (
        "from facilitator import programmes\nprogrammes.index.open_to_all = True",
        "GET /programmes",
        "nobody: 500, not sign in",
    ),
    # A seat that is taken for inside before it was let in.
    "an open door": (
        "from participant import phone\nphone.inside = phone.seated",
        "GET /r/REF/mine",
        "at its door: 200, not 404",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found(tmp_path: Path, name: str) -> None:
    mistake, address, told = MISTAKES[name]
    server = AttuneServer(tmp_path)
    server.program = ("-c", f"import wsgi\n{mistake}\nfrom attune.cli import main\nmain()")
    try:
        cast = Cast(server.start())
        assert any(told in line for line in wrong(cast, {address: LIVE[address]}))
    finally:
        everybody_leaves()
        server.stop()
