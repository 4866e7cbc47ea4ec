"""Tell every phone what changed of who sees what, and what whoever leads says to all.

For somebody who upgrades: rooms that are open go on; nothing is told until something changes.
"""

import sqlalchemy as sa
from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

BEFORE = 'Smallest group shown, age band, language, help text, days kept.'
NOW = 'Smallest group shown, age band, language, help text, days kept, what people agree to.'


def upgrade() -> None:
    op.add_column('room', sa.Column('told', sa.String(length=8), server_default='', nullable=False, comment='What was last changed of who sees what, which every phone is told.'))
    op.add_column('room', sa.Column('told_in', sa.Integer(), server_default='0', nullable=False, comment='The question that was the last one then.'))
    op.create_table(
        'announcement',
        sa.Column('room_id', sa.Integer(), autoincrement=False, nullable=False, comment='The room.'),
        sa.Column('body', sa.LargeBinary(), nullable=False, comment='The words, sealed.'),
        sa.ForeignKeyConstraint(['room_id'], ['room.id'], ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('room_id'),
        comment='Words to everybody in a room, the same on every phone, sealed.',
    )
    _comment(BEFORE, NOW)


def downgrade() -> None:
    _comment(NOW, BEFORE)
    op.drop_table('announcement')
    op.drop_column('room', 'told_in')
    op.drop_column('room', 'told')


def _comment(before: str, now: str) -> None:
    if op.get_bind().dialect.name == 'postgresql':  # SQLite keeps no comments
        op.alter_column('room', 'settings', existing_type=sa.JSON(), existing_nullable=False, comment=now, existing_comment=before)
