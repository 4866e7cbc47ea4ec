"""Invite facilitators by links, and know who answers too.

For somebody who upgrades: nobody is invited yet, and whoever leads a room goes on leading it.
"""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('invitation',
    sa.Column('id', sa.Integer(), nullable=False, comment='A running number.'),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False, comment='A fingerprint of the link, never the link.'),
    sa.Column('facilitator_id', sa.Integer(), nullable=False, comment='The facilitator who made it.'),
    sa.Column('room_id', sa.Integer(), nullable=True, comment='The room it leads to; empty where it leads to an account.'),
    sa.Column('name', sa.String(length=80), nullable=False, comment='Whom it is for, if who made it wrote that down.'),
    sa.Column('until', sa.BigInteger(), nullable=False, comment='When it stops working: a day after it was made.'),
    sa.ForeignKeyConstraint(['facilitator_id'], ['facilitator.id'], ),
    sa.ForeignKeyConstraint(['room_id'], ['room.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token_hash'),
    comment='Links that are open: to lead rooms here, or to watch over one room.'
    )
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitation_room_id'), ['room_id'], unique=False)

    with op.batch_alter_table('room_facilitator', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_answering', sa.Boolean(), server_default=sa.false(), nullable=False, comment='Whether they answer too; never from which seat.'))


def downgrade() -> None:
    with op.batch_alter_table('room_facilitator', schema=None) as batch_op:
        batch_op.drop_column('is_answering')

    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invitation_room_id'))

    op.drop_table('invitation')
