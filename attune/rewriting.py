"""Writes an act's answers anew, so that where they lie says nothing of when they came.

Order can be read from the pages of the database (docs/anonymity.md). It is not enough to write the
rows in the order of their numbers: pages go free as rows are deleted, and are taken again by a rule
that is known. One that could be worked out would hand on from which page an answer had come.
"""

from collections.abc import Iterable, Mapping
from random import SystemRandom

import sqlalchemy as sa

from attune.db import db
from attune.models import Answer


def mixed(pids: Iterable[bytes]) -> list[bytes]:
    """In an order that nobody can work out."""
    pids = list(pids)
    return SystemRandom().sample(pids, len(pids))


def write_anew(
    round_id: int, act: int, there: Iterable[bytes], kept: Mapping[bytes, bytes]
) -> None:
    """Put `kept`, sealed bodies by pid, in place of the rows that are `there`, all of the act's."""
    mine = sa.and_(Answer.round_id == round_id, Answer.act == act)
    each = sa.delete(Answer.__table__).where(mine, Answer.pid == sa.bindparam("one"))  # type: ignore[arg-type]
    gone = [{"one": pid} for pid in mixed(there)]
    if gone:
        db.session.connection().execute(each, gone)
    again = [
        {"round_id": round_id, "act": act, "pid": pid, "body": kept[pid]} for pid in sorted(kept)
    ]
    if again:
        db.session.execute(sa.insert(Answer), again)
        # Once more all together: what goes one by one leaves its holes in the order of the lot.
        db.session.execute(sa.delete(Answer).where(mine))
        db.session.execute(sa.insert(Answer), again)
