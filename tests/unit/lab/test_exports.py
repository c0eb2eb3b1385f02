"""What a notebook can be saved as is called what nbconvert calls it."""

from __future__ import annotations

import nbformat
import pytest
from nbconvert.exporters import get_exporter

from doorstart_lab.exports import EXPORTS


@pytest.mark.parametrize("name", EXPORTS)
def test_nbconvert_has_this_export_and_gives_it_this_type(name: str) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")])
    notebook.metadata["language_info"] = {"name": "python", "file_extension": ".py"}
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    exporter = get_exporter(name)()
    text, _ = exporter.from_notebook_node(notebook)
    assert "x = 1" in text or "x</span>" in text
    assert exporter.output_mimetype == EXPORTS[name]
