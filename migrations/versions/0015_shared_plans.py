"""Share plans with other facilitators, to read or to edit.

For somebody who upgrades: nothing is shared yet.
"""

import sqlalchemy as sa
from alembic import op


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('plan_share',
    sa.Column('plan_id', sa.Integer(), nullable=False, comment='The plan.'),
    sa.Column('facilitator_id', sa.Integer(), nullable=False, comment='With whom it is shared.'),
    sa.Column('may', sa.String(length=8), nullable=False, comment='Whether they may only read it, or change it too.'),
    sa.ForeignKeyConstraint(['facilitator_id'], ['facilitator.id'], ),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('plan_id', 'facilitator_id'),
    comment='With which other facilitators a plan is shared.'
    )
    with op.batch_alter_table('plan_share', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_share_facilitator_id'), ['facilitator_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('plan_share', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plan_share_facilitator_id'))

    op.drop_table('plan_share')
