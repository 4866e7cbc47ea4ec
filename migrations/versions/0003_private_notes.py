"""Private notes of facilitators.

For somebody who upgrades: one table more, empty. It holds what a facilitator writes for their own
eyes while a room runs, sealed, and is emptied when the room ends.
"""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('note',
    sa.Column('room_id', sa.Integer(), nullable=False, comment='The room.'),
    sa.Column('round', sa.Integer(), autoincrement=False, nullable=False, comment="The round's place in the session; 0 for the session as a whole."),
    sa.Column('facilitator_id', sa.Integer(), nullable=False, comment='Who wrote it.'),
    sa.Column('body', sa.LargeBinary(), nullable=False, comment='The note, sealed.'),
    sa.Column('in_summary', sa.Boolean(), server_default=sa.false(), nullable=False, comment='Whether its writer adds it to their summary.'),
    sa.ForeignKeyConstraint(['facilitator_id'], ['facilitator.id'], ),
    sa.ForeignKeyConstraint(['room_id'], ['room.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('room_id', 'round', 'facilitator_id'),
    comment="A facilitator's private notes on a room and its rounds, sealed."
    )


def downgrade() -> None:
    op.drop_table('note')
