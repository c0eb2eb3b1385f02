"""Tests of the exchange and of nbgrader's classes for it; a package, so that they share ``running.py``."""
