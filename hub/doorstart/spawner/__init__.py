"""Servers: which one a person may start, how it is confined, and how the Hub and the proxy reach it."""

from doorstart.spawner.spawner import DoorstartSpawner

__all__ = ["DoorstartSpawner"]
