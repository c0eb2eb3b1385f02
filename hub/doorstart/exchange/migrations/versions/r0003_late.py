"""Due dates of single learners, and what late work costs in a course."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds tables; where nothing is in them, dates are the assignment's, and late work is only marked."""
    op.create_table(
        "own_dues",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("learner", sa.String(255), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_own_dues"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="fk_own_dues_assignment_id"),
        sa.UniqueConstraint("assignment_id", "learner", name="uq_own_dues_assignment_id_learner"),
    )
    op.create_index("ix_own_dues_learner", "own_dues", ["learner"])
    op.create_table(
        "late_policies",
        sa.Column("course", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("points", sa.Float(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("course", name="pk_late_policies"),
    )
