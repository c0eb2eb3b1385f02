"""What a learner's list shows: titles, minutes and due dates, when somebody first fetched, and scores with feedback."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds tables and columns; what was there has none of this, and is shown by its name."""
    op.create_table(
        "courses",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_courses"),
    )
    op.create_table(
        "fetches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("learner", sa.String(255), nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_fetches"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="fk_fetches_assignment_id"),
        sa.UniqueConstraint("assignment_id", "learner", name="uq_fetches_assignment_id_learner"),
    )
    op.create_index("ix_fetches_learner", "fetches", ["learner"])
    op.add_column("assignments", sa.Column("title", sa.String(200), nullable=True))
    op.add_column("assignments", sa.Column("minutes", sa.Integer(), nullable=True))
    op.add_column("assignments", sa.Column("due_at", sa.BigInteger(), nullable=True))
    op.add_column("feedback", sa.Column("score", sa.Float(), nullable=True))
    op.add_column("feedback", sa.Column("max_score", sa.Float(), nullable=True))
