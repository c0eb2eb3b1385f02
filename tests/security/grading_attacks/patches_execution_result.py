"""Makes the result of every execution forget its error, and silences tracebacks."""

FAMILY = "patches"
HONEST = 2
PLAIN = "points"
CODE = """
from IPython.core import interactiveshell

interactiveshell.ExecutionResult.error_in_exec = property(lambda self: None, lambda self, error: None)
get_ipython().showtraceback = lambda *arguments, **options: None
"""
