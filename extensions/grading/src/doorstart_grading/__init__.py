"""Grading from an instructor's server: nbgrader's preprocessor and the command `doorstart`."""
