"""Checks of a running site, made as its clients would: over HTTP, with real log-ins and real servers."""
