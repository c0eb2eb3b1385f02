"""Puts pictures with scripts, and names that are markup, into the attachments of a text."""

FAMILY = "feedback"
HONEST = 2
PLAIN = "markup"


def change(notebook):
    cell = notebook.cells[2]
    cell.source += "\n\n![a](attachment:a.svg) ![b](attachment:b.png)\n\n<script>attack_runs()</script>"
    cell["attachments"] = {
        "a.svg": {"image/svg+xml": "PHN2ZyBvbmxvYWQ9J2F0dGFja19ydW5zKCknLz4="},
        "b.png": {"text/html": "PHNjcmlwdD4="},
    }
