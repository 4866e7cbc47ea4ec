"""Private signals.

For somebody who upgrades: one table more, empty. It holds what people tell who leads privately
while a room runs, sealed, and is emptied when the room ends.
"""

import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('signal',
    sa.Column('room_id', sa.Integer(), nullable=False, comment='The room.'),
    sa.Column('key', sa.LargeBinary(length=16), nullable=False, comment='A random-looking number, different each time, that only the phone knows.'),
    sa.Column('body', sa.LargeBinary(), nullable=False, comment='What was said and answered, and whether it was seen, sealed, all of one size.'),
    sa.ForeignKeyConstraint(['room_id'], ['room.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('room_id', 'key'),
    comment="What people told who leads privately, sealed. Nobody's name, unless they wrote it.",
    sqlite_with_rowid=False
    )


def downgrade() -> None:
    op.drop_table('signal')
