"""What is stored. Each column's comment is shown to people on the page What we store."""

from attune.models.announcement import Announcement
from attune.models.audit import Audit
from attune.models.facilitator import Facilitator
from attune.models.invitation import Invitation
from attune.models.note import Note
from attune.models.password_reset import PasswordReset
from attune.models.plan import Plan, PlanShare, Step
from attune.models.recovery_code import RecoveryCode
from attune.models.room import Room, RoomFacilitator, Seat, Version
from attune.models.round import Answer, Release, Round
from attune.models.sign_in import SignIn
from attune.models.signal import Signal
from attune.models.summary import Summary

__all__ = [
    "Announcement",
    "Answer",
    "Audit",
    "Facilitator",
    "Invitation",
    "Note",
    "PasswordReset",
    "Plan",
    "PlanShare",
    "RecoveryCode",
    "Release",
    "Room",
    "RoomFacilitator",
    "Round",
    "Seat",
    "SignIn",
    "Signal",
    "Step",
    "Summary",
    "Version",
]
