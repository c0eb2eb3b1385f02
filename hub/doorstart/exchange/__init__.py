"""The exchange: assignments out, submissions in, feedback back; owns its store.

Data flows one way: :mod:`wire` (what clients see) → :mod:`service` (the rules) → :mod:`store` (database and files).
"""
