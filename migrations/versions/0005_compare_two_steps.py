"""Compare a step with an earlier one.

For somebody who upgrades: no step is compared with another yet, and rooms that are open go on.
"""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

BODY = 'The shuffled answers, sealed; none when held.'
TAGGED = BODY + ' Each has its mark, as long as a later round is to be compared with it.'


def upgrade() -> None:
    op.add_column('step', sa.Column('pair_with', sa.Integer(), nullable=True, comment='The earlier step that it is compared with.'))
    op.add_column('round', sa.Column('pair_id', sa.Integer(), nullable=True, comment='While two rounds are compared: the first of them. Their answers then carry a mark inside the seal, which is deleted once the change is counted.'))
    _say_of_bodies(BODY, TAGGED)


def downgrade() -> None:
    _say_of_bodies(TAGGED, BODY)
    op.drop_column('round', 'pair_id')
    op.drop_column('step', 'pair_with')


def _say_of_bodies(before: str, after: str) -> None:
    # SQLite keeps no comments, and would make the table anew for it.
    if op.get_bind().dialect.name != 'sqlite':
        op.alter_column('release', 'body', existing_type=sa.LargeBinary(), existing_nullable=True, existing_comment=before, comment=after)
