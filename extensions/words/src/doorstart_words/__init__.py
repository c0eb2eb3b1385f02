"""Dutch, French and German for programs that are not ours: JupyterLab, nbgrader, and the Hub's administration page.

* :mod:`.catalogue` reads the sentences: ``catalogues/<program>/<language>.po``.
* :mod:`.packs` completes JupyterLab's language packs with ours, when an image is built.
* :mod:`.scripts` makes programs in JavaScript say ours, when an image is built; ``scripts/*.txt`` says where.
* :mod:`.templates` makes formgrader's pages say ours, when their templates are loaded.
* :mod:`.server` tells a server its person's language; :mod:`.choice` keeps what that person chose in JupyterLab.

Doorstart's own sentences are not here: those of the Hub are in ``doorstart.language``, those of its JupyterLab
extension in ``extensions/lab/ui/words``.
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "doorstart_words.server"}]
