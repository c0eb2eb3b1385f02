"""Alembic migrations of the exchange's database, run when the service starts."""
