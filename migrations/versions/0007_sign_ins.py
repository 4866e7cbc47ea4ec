"""Know each browser that a facilitator is signed in on.

For somebody who upgrades: everybody who was signed in signs in once more.
"""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sign_in',
    sa.Column('id', sa.Integer(), nullable=False, comment='A running number.'),
    sa.Column('facilitator_id', sa.Integer(), nullable=False, comment='Who is signed in.'),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False, comment="A fingerprint of the key in that browser's cookie."),
    sa.Column('browser', sa.String(length=24), nullable=False, comment='The name of the browser; no version.'),
    sa.Column('system', sa.String(length=24), nullable=False, comment='The name of the system it runs on; no address.'),
    sa.Column('day', sa.Date(), nullable=False, comment='The day they signed in; no time.'),
    sa.ForeignKeyConstraint(['facilitator_id'], ['facilitator.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token_hash'),
    comment='Browsers that facilitators are signed in on.'
    )
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_facilitator_id'), ['facilitator_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_facilitator_id'))

    op.drop_table('sign_in')
