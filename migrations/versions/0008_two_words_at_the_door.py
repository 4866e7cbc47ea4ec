"""Give those at the door two words each, so that who leads can let them in one by one.

For somebody who upgrades: whoever waits at that moment knocks once more.
"""

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM seat WHERE state = 'waiting'")
    op.add_column('seat', sa.Column('label', sa.String(length=32), nullable=True, comment='Two words while they wait at the door, which they see too; then empty.'))


def downgrade() -> None:
    op.drop_column('seat', 'label')
