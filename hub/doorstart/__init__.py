"""Doorstart: a learning environment for prisons. The trusted side."""
