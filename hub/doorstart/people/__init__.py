"""The people of a site: the roster file, accounts, one-time passwords and the Hub's authenticator.

:mod:`~doorstart.people.roster` reads a roster file, :mod:`~doorstart.people.plan` says what it would change,
:mod:`~doorstart.people.accounts` applies that inside the Hub's process, behind
:mod:`~doorstart.people.handlers`; ``python -m doorstart.people`` asks the Hub for it from the command line.
"""
