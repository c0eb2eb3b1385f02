"""The kernel provisioner: where jupyter_client would start a process, a container of the sandbox starts instead."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import tempfile
from pathlib import Path
from typing import Any, BinaryIO, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Float, Integer, Unicode, default

from doorstart_sandbox_kernel.client import KernelState, Sandbox, SandboxBusyError, SandboxError
from doorstart_sandbox_kernel.workfolder import MIB, pack


class SandboxProvisioner(KernelProvisionerBase):
    """Starts a kernel in a throw-away container without network, with a copy of the folder that the notebook is in.

    The command and the environment of the kernelspec are not used: the container has its own, so nothing of this
    server, such as its token, comes near a learner's code. What the kernel writes to its folder is gone when it ends.
    """

    socket = Unicode(
        "/run/doorstart/sandbox/sandbox.sock", config=True, help="Path of the sandbox service's Unix socket."
    )
    kernels_folder = Unicode(
        "/run/doorstart/kernels", config=True, help="Folder in which this server sees its kernels' sockets."
    )
    token = Unicode(config=True, help="The Hub token of this server; JUPYTERHUB_API_TOKEN unless given.")
    busy_timeout = Float(
        180, config=True, help="Seconds to wait for a free kernel while all that may run on the site are in use."
    )
    work_size = Integer(
        64 * MIB,
        config=True,
        help="Largest folder, in bytes, that goes along with a kernel; the sandbox has a limit too.",
    )

    @default("token")
    def _default_token(self) -> str:
        return os.environ.get("JUPYTERHUB_API_TOKEN", "")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Kept for a restart, as clients that are connected know the socket's path and the key.
        self._id = secrets.token_hex(8)
        self._key = secrets.token_hex(32)
        self._launched = False
        self._ended: KernelState | None = None

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started whose end has not been waited for yet."""
        return self._launched

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """The arguments for :meth:`launch_kernel`; of the kernelspec, only its name is used."""
        kwargs.pop("extra_arguments", None)
        return await super().pre_launch(cmd=list(self.kernel_spec.argv), **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel, and return once it can be connected to.

        Args:
            cmd: not used.
            kwargs: ``cwd``, if there, is the folder whose files go along; anything else is not used.

        Raises:
            SandboxError: the sandbox refuses, cannot be reached, or has been busy for ``busy_timeout``.
            WorkFolderError: the folder is too large.
        """
        folder = kwargs.get("cwd")
        with tempfile.TemporaryFile() as archive:
            if folder:
                await asyncio.to_thread(pack, Path(folder), archive, self.work_size)
            info = await self._start(archive)
        info["ip"] = f"{self.kernels_folder}/{info['ip']}"
        info["key"] = info["key"].encode()
        self.connection_info = cast(KernelConnectionInfo, info)
        self._launched, self._ended = True, None
        return self.connection_info

    async def poll(self) -> int | None:
        """None while the kernel runs, then its exit code."""
        if not self._launched:
            return 0
        if self._ended is None:
            state = await self._sandbox().state(self._id)
            if state.running:
                return None
            self._ended = state
            if state.exit_code != 0:
                self.log.warning("Kernel %s: %s", self.kernel_id, state.message)
        return self._ended.exit_code

    async def wait(self) -> int | None:
        """Wait until the kernel has ended; its exit code."""
        while (code := await self.poll()) is None:  # noqa: ASYNC110 (the end is known to another process)
            await asyncio.sleep(0.1)
        self._launched = False
        return code

    async def send_signal(self, signum: int) -> None:
        """Interrupt the kernel, or end it; a container takes no other signal from outside."""
        if not self._launched or signum == 0:
            return
        if signum == signal.SIGINT:
            await self._sandbox().interrupt(self._id)
        elif signum in (signal.SIGTERM, signal.SIGKILL):
            await self.kill()
        else:
            raise SandboxError(f"A kernel in the sandbox can be interrupted and ended, not sent the signal {signum}.")

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and remove all of it."""
        await self._sandbox().stop(self._id)
        self._ended = self._ended or KernelState(running=False)

    async def terminate(self, restart: bool = False) -> None:
        """As :meth:`kill`: there is nothing in the container that would have to be put in order."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove what is left of the kernel, also when it ended by itself."""
        try:
            await self._sandbox().stop(self._id)
        except SandboxError as error:  # The sandbox ends it by itself, at the latest when its time is over.
            self.log.warning("Kernel %s could not be removed: %s", self.kernel_id, error)
        self._launched = False

    async def get_provisioner_info(self) -> dict[str, Any]:
        """What another process of this server needs to go on with this kernel."""
        info = await super().get_provisioner_info()
        return {**info, "sandbox_id": self._id, "sandbox_key": self._key}

    async def load_provisioner_info(self, provisioner_info: dict[str, Any]) -> None:
        """Go on with a kernel that another process of this server started."""
        await super().load_provisioner_info(provisioner_info)
        self._id, self._key = provisioner_info["sandbox_id"], provisioner_info["sandbox_key"]
        self._launched, self._ended = True, None

    async def _start(self, archive: BinaryIO) -> dict[str, Any]:
        clock = asyncio.get_running_loop().time
        deadline = clock() + self.busy_timeout
        while True:
            archive.seek(0)
            try:
                return await self._sandbox().start(self._id, self._key, archive)
            except SandboxBusyError as error:
                if clock() >= deadline:
                    raise SandboxError(
                        f"No kernel became free in {self.busy_timeout:g} seconds. {error}", 429
                    ) from error
                self.log.info("All kernels of the sandbox are in use; waiting for one.")
            await asyncio.sleep(1)

    def _sandbox(self) -> Sandbox:
        return Sandbox(self.socket, self.token)
