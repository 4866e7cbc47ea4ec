"""Write down what facilitators do with accounts and rooms.

For somebody who upgrades: what was done before is not in it.
"""

import sqlalchemy as sa
from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit',
    sa.Column('id', sa.Integer(), nullable=False, comment='A running number.'),
    sa.Column('day', sa.Date(), nullable=False, comment='The day; no time.'),
    sa.Column('facilitator_id', sa.Integer(), nullable=True, comment='Who did it; empty for a command of whoever runs this server.'),
    sa.Column('verb', sa.String(length=24), nullable=False, comment='What they did, in a word of a fixed list.'),
    sa.Column('room_id', sa.Integer(), nullable=True, comment='The room; empty where it was about an account.'),
    sa.Column('whom_id', sa.Integer(), nullable=True, comment='The facilitator whom it was about, if it was another.'),
    sa.ForeignKeyConstraint(['facilitator_id'], ['facilitator.id'], ),
    sa.ForeignKeyConstraint(['room_id'], ['room.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['whom_id'], ['facilitator.id'], ),
    sa.PrimaryKeyConstraint('id'),
    comment='What facilitators did with accounts and rooms; never what participants did.'
    )
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_day'), ['day'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_room_id'), ['room_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_room_id'))
        batch_op.drop_index(batch_op.f('ix_audit_day'))

    op.drop_table('audit')
