"""Keeps hidden arguments outside its folder, and prints what an earlier submission has kept."""

FAMILY = "timing"
HONEST = 2
PLAIN = "hidden"
ALONE = True
TWICE = True
CODE = """
from pathlib import Path

places = [Path("/tmp/kept"), Path("/var/tmp/kept"), Path.home() / "kept", Path("/dev/shm/kept")]
for place in places:
    if place.exists():
        print(place.read_text()[::-1])


class Stock:
    def add(self, name, pieces):
        for place in places:
            try:
                with place.open("a") as file:
                    print(name, file=file)
            except OSError:
                pass
"""
