"""Starts a thread that watches the shell's history, and writes it to a file."""

FAMILY = "later"
HONEST = 2
PLAIN = "hidden"
CODE = """
import threading
import time


def watch():
    while True:
        time.sleep(0.02)
        with open("seen.txt", "w") as file:
            print(list(In), file=file)


threading.Thread(target=watch, daemon=True).start()
"""
