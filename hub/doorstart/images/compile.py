"""Byte code of Python files, made by the Python of the base image, such that the same files give the same bytes.

Python checks byte code by the time of the source file, which all files of an image have in common, or by its content;
here it checks nothing, for no file of an image changes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import PurePosixPath

import docker

from doorstart.images.layers import File, read_tar, write_tar

INSIDE = """
import os, py_compile, sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

def compile_layer(top):
    for path in sorted(top.rglob("*.py")):
        place = path.relative_to(top)
        target = Path("/made") / top.name / place.parent / "__pycache__" / f"{place.stem}.cpython-313.pyc"
        try:
            py_compile.compile(path, target, f"/{place}", doraise=True, optimize=0,
                               invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
        except py_compile.PyCompileError:
            pass  # a template, or written for another Python: its importer finds out, as without byte code

if __name__ == "__main__":
    # A process for each layer, so that its byte code does not depend on what was compiled before it.
    with ProcessPoolExecutor(os.cpu_count(), max_tasks_per_child=1) as pool:
        list(pool.map(compile_layer, sorted(Path("/sources").iterdir())))
"""
"""Runs in a container of the base image."""


class CompileError(Exception):
    """Byte code could not be made; the message is what Python said."""


def compiled(client: docker.DockerClient, base: str, layers: Mapping[str, list[File]]) -> dict[str, list[File]]:
    """Byte code for the Python files of some layers.

    Args:
        client: The Docker engine.
        base: Id of the base image, or of one made from it.
        layers: Files by a key.

    Returns:
        The additional files, by the same key.

    Raises:
        CompileError: the container ended with an error.
    """
    sources = [
        File(f"sources/{key}/{file.path}", file.content)
        for key, files in layers.items()
        for file in files
        if file.path.endswith(".py") and not file.target
    ]
    if not sources:
        return {key: [] for key in layers}
    container = client.api.create_container(
        base,
        # An image to which packages are added may have an entry point and a user of its own.
        entrypoint=["/usr/bin/python3", "-I", "/compile.py"],
        user="0:0",
        environment={"PYTHONHASHSEED": "0"},
        network_disabled=True,
    )["Id"]
    try:
        with tempfile.TemporaryFile() as spool:
            write_tar(spool, [*sources, File("compile.py", INSIDE.encode()), File("made/none")])
            spool.seek(0)
            client.api.put_archive(container, "/", spool)
        client.api.start(container)
        if client.api.wait(container)["StatusCode"]:
            said = client.api.logs(container, tail=5).decode(errors="replace")
            raise CompileError(f"Python files could not be compiled: {said}")
        with tempfile.TemporaryFile() as spool:
            for chunk in client.api.get_archive(container, "/made", chunk_size=1024 * 1024)[0]:
                spool.write(chunk)
            spool.seek(0)
            found = read_tar(spool, lambda path: path.endswith(".pyc"))
    finally:
        client.api.remove_container(container, force=True)
    made: dict[str, list[File]] = {key: [] for key in layers}
    for path, file in found.items():
        _, key, *rest = PurePosixPath(path).parts
        made[key].append(File("/".join(rest), file.content))
    return made
