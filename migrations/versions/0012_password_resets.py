"""Let who cannot get in choose a new password, by a link.

For somebody who upgrades: there are no such links yet.
"""

import sqlalchemy as sa
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('password_reset',
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False, comment='A fingerprint of the link, never the link.'),
    sa.Column('facilitator_id', sa.Integer(), nullable=False, comment='Whose password it is for.'),
    sa.Column('maker_id', sa.Integer(), nullable=True, comment='The owner who made it; empty where it was asked for by mail.'),
    sa.Column('without_second_step', sa.Boolean(), nullable=False, comment='Whether it takes their second step away too.'),
    sa.Column('until', sa.BigInteger(), nullable=False, comment='When it stops working: a day after it was made, or an hour.'),
    sa.ForeignKeyConstraint(['facilitator_id'], ['facilitator.id'], ),
    sa.ForeignKeyConstraint(['maker_id'], ['facilitator.id'], ),
    sa.PrimaryKeyConstraint('token_hash'),
    comment='Links that are open: to choose a new password, once.'
    )
    with op.batch_alter_table('password_reset', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_password_reset_facilitator_id'), ['facilitator_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('password_reset', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_password_reset_facilitator_id'))

    op.drop_table('password_reset')
