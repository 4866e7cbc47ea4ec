"""Ask for a second step at signing in, of who wants it.

For somebody who upgrades: nobody has one yet.
"""

import sqlalchemy as sa
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('facilitator', schema=None) as batch_op:
        batch_op.add_column(sa.Column('totp', sa.LargeBinary(), nullable=True, comment='The secret of their second step, sealed; empty without one.'))
        batch_op.add_column(sa.Column('totp_last', sa.BigInteger(), server_default='0', nullable=False, comment='The half minute of their last code, so that no code works twice.'))

    op.create_table('recovery_code',
    sa.Column('facilitator_id', sa.Integer(), nullable=False, comment='Whose code it is.'),
    sa.Column('code_hash', sa.LargeBinary(length=32), nullable=False, comment='A keyed hash of it, never the code.'),
    sa.ForeignKeyConstraint(['facilitator_id'], ['facilitator.id'], ),
    sa.PrimaryKeyConstraint('facilitator_id', 'code_hash'),
    comment="Codes that stand in once for a facilitator's second step at signing in."
    )


def downgrade() -> None:
    op.drop_table('recovery_code')
    with op.batch_alter_table('facilitator', schema=None) as batch_op:
        batch_op.drop_column('totp_last')
        batch_op.drop_column('totp')
