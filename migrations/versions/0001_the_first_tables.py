"""The first tables.

For somebody who upgrades: there was nothing before it.
"""

import sqlalchemy as sa
from alembic import op


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('facilitator',
    sa.Column('id', sa.Integer(), nullable=False, comment='A running number.'),
    sa.Column('email', sa.String(length=254), nullable=False, comment='The address they sign in with, in lower case.'),
    sa.Column('name', sa.String(length=80), nullable=False, comment='What the room calls them.'),
    sa.Column('password_hash', sa.String(length=200), nullable=False, comment='A slow one-way hash of their password.'),
    sa.Column('role', sa.String(length=16), nullable=False, comment='Whether they run this server (owner) or lead rooms only.'),
    sa.Column('locale', sa.String(length=8), nullable=False, comment='The language of their pages.'),
    sa.Column('is_disabled', sa.Boolean(), server_default=sa.false(), nullable=False, comment='Whether they are shut out.'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('email'),
    comment='People who lead rooms and sign in with a password.'
    )
    op.create_table('plan',
    sa.Column('id', sa.Integer(), nullable=False, comment='A running number.'),
    sa.Column('facilitator_id', sa.Integer(), nullable=False, comment='Whose plan it is.'),
    sa.Column('title', sa.String(length=80), nullable=False, comment='What it is called.'),
    sa.Column('programme', sa.String(length=64), nullable=True, comment='The shipped programme it was copied from.'),
    sa.Column('settings', sa.JSON(), nullable=False, comment='What its rooms start with, such as the smallest group shown.'),
    sa.ForeignKeyConstraint(['facilitator_id'], ['facilitator.id'], ),
    sa.PrimaryKeyConstraint('id'),
    comment='Plans that facilitators prepare.'
    )
    with op.batch_alter_table('plan', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_facilitator_id'), ['facilitator_id'], unique=False)

    op.create_table('room',
    sa.Column('id', sa.Integer(), nullable=False, comment='A running number.'),
    sa.Column('ref', sa.String(length=32), nullable=False, comment='A random name, used in addresses of pages.'),
    sa.Column('code', sa.String(length=8), nullable=True, comment='What people type to join; gone when it ends.'),
    sa.Column('plan_id', sa.Integer(), nullable=False, comment='The plan it follows.'),
    sa.Column('title', sa.String(length=80), nullable=False, comment='What it is called.'),
    sa.Column('state', sa.String(length=16), nullable=False, comment='lobby, live, ending, ended or forgotten.'),
    sa.Column('entry', sa.String(length=8), nullable=False, comment='Whether people can come in: open, admit or locked.'),
    sa.Column('settings', sa.JSON(), nullable=False, comment='Smallest group shown, age band, language, help text, days kept.'),
    sa.Column('leads_answering', sa.Integer(), server_default='0', nullable=False, comment='How many facilitators answer too.'),
    sa.Column('day', sa.Date(), nullable=False, comment='The day it was opened.'),
    sa.Column('forget_on', sa.Date(), nullable=True, comment='The day on which all that is left of it is deleted.'),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code'),
    sa.UniqueConstraint('ref'),
    comment='Rooms: one live run of a plan.'
    )
    with op.batch_alter_table('room', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_room_plan_id'), ['plan_id'], unique=False)

    op.create_table('step',
    sa.Column('id', sa.Integer(), nullable=False, comment='A running number.'),
    sa.Column('plan_id', sa.Integer(), nullable=False, comment='Its plan.'),
    sa.Column('position', sa.Integer(), nullable=False, comment='Its place in the plan, from 1.'),
    sa.Column('kind', sa.String(length=32), nullable=False, comment='The kind of exercise.'),
    sa.Column('frame', sa.JSON(), nullable=False, comment='Title, invitation and the other fields every step has.'),
    sa.Column('settings', sa.JSON(), nullable=False, comment='The fields of its kind, such as the options to choose from.'),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    comment='The steps of a plan: what will be asked, and how.'
    )
    with op.batch_alter_table('step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_step_plan_id'), ['plan_id'], unique=False)

    op.create_table('room_facilitator',
    sa.Column('room_id', sa.Integer(), nullable=False, comment='The room.'),
    sa.Column('facilitator_id', sa.Integer(), nullable=False, comment='The facilitator.'),
    sa.Column('role', sa.String(length=8), nullable=False, comment='Whether they lead (lead) or watch over it with them (co).'),
    sa.ForeignKeyConstraint(['facilitator_id'], ['facilitator.id'], ),
    sa.ForeignKeyConstraint(['room_id'], ['room.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('room_id', 'facilitator_id'),
    comment='Who may lead which room.'
    )
    op.create_table('round',
    sa.Column('id', sa.Integer(), nullable=False, comment='A running number.'),
    sa.Column('room_id', sa.Integer(), nullable=False, comment='The room.'),
    sa.Column('number', sa.Integer(), nullable=False, comment='Its place in the session, from 1.'),
    sa.Column('step_id', sa.Integer(), nullable=True, comment='The step of the plan it came from.'),
    sa.Column('kind', sa.String(length=32), nullable=False, comment='The kind of exercise.'),
    sa.Column('frame', sa.JSON(), nullable=False, comment='Title, invitation and the other fields every step has.'),
    sa.Column('settings', sa.JSON(), nullable=False, comment='The fields of its kind, such as the options to choose from.'),
    sa.Column('needs', sa.JSON(), nullable=False, comment='How many answers each part needs before anybody sees it.'),
    sa.Column('body_size', sa.Integer(), nullable=False, comment='The one size of all its sealed answers.'),
    sa.Column('state', sa.String(length=8), nullable=False, comment='open or closed.'),
    sa.Column('progress', sa.Integer(), server_default='0', nullable=False, comment='How far the group has moved inside it.'),
    sa.Column('given', sa.Integer(), nullable=True, comment='How many answered or passed, in one number, kept once it is closed.'),
    sa.Column('starts_at', sa.BigInteger(), nullable=True, comment='When a shared clock, such as a breath, starts.'),
    sa.Column('closes_at', sa.BigInteger(), nullable=True, comment='When it closes, once the facilitator has said so.'),
    sa.ForeignKeyConstraint(['room_id'], ['room.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('room_id', 'number'),
    comment='Questions put to a room, each with a copy of its step.'
    )
    op.create_table('seat',
    sa.Column('key', sa.LargeBinary(length=16), nullable=False, comment='A random number.'),
    sa.Column('room_id', sa.Integer(), nullable=False, comment='The room.'),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False, comment='A fingerprint of the key on the phone.'),
    sa.Column('state', sa.String(length=8), nullable=False, comment='Whether they wait at the door, are in, or have left.'),
    sa.ForeignKeyConstraint(['room_id'], ['room.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('key'),
    sa.UniqueConstraint('token_hash'),
    comment='Places in a room, one for each browser; deleted when the room ends.',
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('seat', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_seat_room_id'), ['room_id'], unique=False)

    op.create_table('summary',
    sa.Column('room_id', sa.Integer(), nullable=False, comment='The room.'),
    sa.Column('body', sa.LargeBinary(), nullable=False, comment="What was shown and the facilitator's totals, sealed."),
    sa.ForeignKeyConstraint(['room_id'], ['room.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('room_id'),
    comment='The summary of an ended room, sealed, until it is forgotten.'
    )
    op.create_table('version',
    sa.Column('room_id', sa.Integer(), nullable=False, comment='The room.'),
    sa.Column('audience', sa.String(length=12), nullable=False, comment='Phones, the screen or the console.'),
    sa.Column('region', sa.String(length=12), nullable=False, comment='The part of the page.'),
    sa.Column('v', sa.Integer(), nullable=False, comment='How often that part has changed.'),
    sa.ForeignKeyConstraint(['room_id'], ['room.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('room_id', 'audience', 'region'),
    comment='Counters that tell a page whether it is up to date.'
    )
    op.create_table('answer',
    sa.Column('round_id', sa.Integer(), nullable=False, comment='The round.'),
    sa.Column('act', sa.SmallInteger(), autoincrement=False, nullable=False, comment='Which part of the round.'),
    sa.Column('pid', sa.LargeBinary(length=16), nullable=False, comment='A random-looking number, different in every round, that only the phone knows.'),
    sa.Column('body', sa.LargeBinary(), nullable=False, comment='The answer or pass, sealed, all of one size.'),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('round_id', 'act', 'pid'),
    comment='Answers and passes, sealed; deleted when their result is made.',
    sqlite_with_rowid=False
    )
    op.create_table('release',
    sa.Column('round_id', sa.Integer(), nullable=False, comment='The round.'),
    sa.Column('act', sa.SmallInteger(), autoincrement=False, nullable=False, comment='Which part of the round.'),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False, comment='Which result of it, from 1.'),
    sa.Column('state', sa.String(length=8), nullable=False, comment='held (too few), review (only the facilitator) or shown.'),
    sa.Column('form', sa.String(length=8), nullable=False, comment='Whether it is drawn in full, softened or said in words.'),
    sa.Column('body', sa.LargeBinary(), nullable=True, comment='The shuffled answers, sealed; none when held.'),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('round_id', 'act', 'number'),
    comment='Results: shuffled answers without any tie to a phone.'
    )


def downgrade() -> None:
    op.drop_table('release')
    op.drop_table('answer')
    op.drop_table('version')
    op.drop_table('summary')
    with op.batch_alter_table('seat', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_seat_room_id'))

    op.drop_table('seat')
    op.drop_table('round')
    op.drop_table('room_facilitator')
    with op.batch_alter_table('step', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_step_plan_id'))

    op.drop_table('step')
    with op.batch_alter_table('room', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_room_plan_id'))

    op.drop_table('room')
    with op.batch_alter_table('plan', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plan_facilitator_id'))

    op.drop_table('plan')
    op.drop_table('facilitator')
