"""Benchmarks: Doorstart and a reference in turn, in one run, with what each costs. Not tests: nothing here fails."""
