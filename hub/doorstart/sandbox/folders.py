"""Where the folders of kernels are, on the ``kernels`` volume, and what rights they have.

``<server id>/<kernel id>/`` has a kernel's sockets; the kernel's server has ``<server id>/`` mounted, read-only. The
connection file and the submission's files are in ``files/``, which is bound into kernels' containers only. The sockets
of grading's own services are in ``grading/``, each in a folder that is bound into the container of that service only.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from doorstart import names, sealing

PREFIX = "kernel"
"""What the names of a kernel's sockets begin with."""
_FILES, _GRADING = "files", "grading"  # No server's id, which is hexadecimal.


@dataclass(frozen=True)
class Folders:
    """The folders of a site's kernels: as this service sees them, and as the engine does."""

    here: Path
    engine: Path

    def sockets(self, server_id: str, kernel_id: str) -> Path:
        """The kernel's socket folder."""
        return self.here / server_id / kernel_id

    def files(self, server_id: str, kernel_id: str) -> Path:
        """The folder that a kernel sees read-only: its connection file and its working folder."""
        return self.here / _FILES / f"{server_id}-{kernel_id}"

    def work(self, server_id: str, kernel_id: str) -> Path:
        """The files that the kernel copies into its working folder."""
        return self.files(server_id, kernel_id) / "work"

    def on_engine(self, server_id: str, kernel_id: str) -> tuple[Path, Path]:
        """The socket folder and the files folder, as the engine sees them."""
        folders = (self.sockets(server_id, kernel_id), self.files(server_id, kernel_id))
        sockets, files = (self.engine / folder.relative_to(self.here) for folder in folders)
        return sockets, files

    def grading(self, name: str) -> Path:
        """The folder for the socket of a part of grading; its parent, which only root may pass, is made."""
        (self.here / _GRADING).mkdir(mode=0o700, exist_ok=True)
        return self.here / _GRADING / name

    def grading_on_engine(self, name: str) -> Path:
        """The same folder, as the engine sees it."""
        return self.engine / _GRADING / name

    def make(self, server_id: str, kernel_id: str) -> None:
        """Make the folders of a new kernel.

        Raises:
            doorstart.sealing.SealError: the volume can be changed by others than root.
        """
        server = self.here / server_id
        server.mkdir(mode=0o711, exist_ok=True)
        server.chmod(0o711)  # Whatever the umask: the server may open its kernels' sockets, and not list them.
        sealing.prepare(self.sockets(server_id, kernel_id), uid=names.KERNEL_UID)
        (self.here / _FILES).mkdir(mode=0o700, exist_ok=True)
        files = self.files(server_id, kernel_id)
        sealing.remove(files)
        for folder in (files, self.work(server_id, kernel_id)):
            folder.mkdir()
            folder.chmod(0o755)

    def write_connection(self, server_id: str, kernel_id: str, connection: dict[str, str | int]) -> None:
        """Write Jupyter's connection file, readable by the kernel only."""
        path = self.files(server_id, kernel_id) / "connection.json"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(connection, file)
            os.fchown(descriptor, names.KERNEL_UID, names.KERNEL_UID)

    def remove(self, server_id: str, kernel_id: str) -> None:
        """Remove the folders of a kernel; nothing happens if they are not there."""
        sealing.remove(self.sockets(server_id, kernel_id))
        sealing.remove(self.files(server_id, kernel_id))

    def clear(self) -> None:
        """Remove the folders of all kernels. The servers' own folders stay, for servers have them mounted."""
        for server in self.here.iterdir():
            for kernel in server.iterdir():
                sealing.remove(kernel)
