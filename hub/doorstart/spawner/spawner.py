"""The spawner: DockerSpawner, with no network and a sealed Unix socket instead of an address.

Who may start what is in :mod:`doorstart.spawner.permission`, what a container may do in
:mod:`doorstart.spawner.confinement`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import docker
from docker.types import Mount
from dockerspawner import DockerSpawner
from jupyterhub.objects import Server
from jupyterhub.spawner import SpawnException
from jupyterhub.utils import maybe_future
from traitlets import default

from doorstart import names, sealing
from doorstart.images.registry import RegistryError
from doorstart.language.catalogue import of
from doorstart.settings import settings
from doorstart.spawner import comfort, confinement
from doorstart.spawner.choice import image_for
from doorstart.spawner.permission import Grant, Kind, RefusedError, grant
from doorstart.spawner.turns import turns

_SEAL = {"uid": 0, "gid": names.PROXY_UID, "mode": 0o660}
"""Whose a sealed socket is, and who may connect: the proxy, and the Hub as root."""


def unix_url(socket: str) -> str:
    """The URL by which JupyterHub and its proxy name a Unix socket."""
    return f"http+unix://{quote(socket, safe='')}"


class DoorstartSpawner(DockerSpawner):  # type: ignore[misc]  # dockerspawner has no types
    """A person's server in a container without network.

    The server listens on a Unix socket in a folder of its own, which the proxy reaches in another mount. Images are
    digests from the registry; nothing in a request changes which image runs, or how.
    """

    remove = True
    pull_policy = "never"
    disable_user_config = True
    use_internal_ip = True

    @property
    def sid(self) -> str:
        """The server's id."""
        return names.server_id(self.user.name, self.name)

    @property
    def folder(self) -> Path:
        """The socket folder of this server, as the Hub and the proxy see it."""
        return Path(names.SERVERS) / self.sid

    @property
    def socket(self) -> Path:
        """The server's socket, as the Hub and the proxy see it."""
        return self.folder / names.SERVER_SOCKET.name

    # Where the server is. JupyterHub stores the host and the port of the URL that `start` returns, so that the URL of
    # a socket would gain a `:80`, which the proxy takes as part of the path. So the URL is set on every Server object,
    # also on those that the Hub makes anew when it restarts and finds servers running.

    @property
    def server(self) -> Server | None:
        """The server's place in the Hub's database, with a URL that names the socket and no port."""
        found: Server | None = DockerSpawner.server.fget(self)
        if found is not None and not found.connect_url:
            found.connect_url = unix_url(str(self.socket))
        return found

    @server.setter
    def server(self, value: Server | None) -> None:
        DockerSpawner.server.fset(self, value)

    async def start(self) -> str:
        """Start the server and wait until its socket is sealed.

        Returns:
            The URL of the socket.

        Raises:
            SpawnException: this person may not have this server, no image is promoted, or the server did not come up.
                The message is for the person who waits.
        """
        self._granted()  # who has no such server does not wait, and nobody waits behind them
        async with turns().turn(self):
            # In the turn, and not only before it: while somebody waits, an image may be taken back, or a group left.
            url = await self._start_in_turn()
            self._granted()  # or the group was left while the server started
            return url

    def _granted(self) -> tuple[Grant, list[str]]:
        """What this server is for, and the person's groups, as they are now."""
        groups = [group.name for group in self.user.groups]
        try:
            return grant(self.name, groups), groups
        except RefusedError as error:
            raise SpawnException(str(error), reason="not-allowed", status_code=403) from None

    async def _start_in_turn(self) -> str:
        granted, groups = self._granted()
        try:
            image = await asyncio.to_thread(image_for, granted.kind, groups, settings().registry)
        except RegistryError as error:
            raise SpawnException(str(error), reason="image", status_code=503) from None
        # A request's options must not reach the container: whatever they say, these are the values.
        self.user_options: dict[str, Any] = {}
        self.image = image
        # Pages of their own: in a frame of JupyterLab any page of the site could read formgrader (CVE-2025-23205).
        self.default_url = "/course" if granted.kind is Kind.INSTRUCTOR else "/lab"
        self.allowed_images = {image: image}
        self.extra_create_kwargs = self._create_kwargs(granted)
        self.extra_host_config = confinement.host_config(settings(), await asyncio.to_thread(self._mounts, granted))
        self.mem_limit = settings().memory_limit
        self.cpu_limit = settings().cpu_limit
        self.environment = self._environment(granted)
        await self._start_sealed()
        return unix_url(str(self.socket))

    async def _start_sealed(self) -> None:
        try:
            async with asyncio.timeout(settings().start_timeout):
                await asyncio.to_thread(sealing.prepare, self.folder, uid=names.SERVER_UID)
                await super().start()
                await sealing.seal(
                    self.folder,
                    [names.SERVER_SOCKET.name],
                    **_SEAL,
                    timeout=settings().start_timeout,
                    alive=self._alive,
                )
        except (sealing.SealError, TimeoutError) as error:
            self.log.error("Server %s was not sealed: %r\n%s", self._log_name, error, await self._last_words())
            message = "The server did not start. Nothing is lost. Try again; if it stays so, tell your instructor."
            raise SpawnException(message, reason="seal", status_code=500) from None

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """What the page of somebody who waits is told, each second.

        Yields:
            ``waiting``, in the person's language: who is before them, or ``""`` when their turn has come.
        """
        words = of(self.authenticator.accounts.language(self.user.name) or "en")
        while True:
            waiting = turns().told(self, words)
            yield {"progress": 0 if waiting else 50, "message": "Starting", "waiting": waiting}
            await asyncio.sleep(1)

    async def poll(self) -> int | str | None:
        """``None`` while the server runs, and afterwards how it ended.

        A Hub that was killed while it started a server leaves one that it reaches, as root, and the proxy does not.
        So the next Hub, when it looks which servers still run, stops one that was never sealed.
        """
        status: int | str | None = await super().poll()
        if status is None and self._check_pending and not sealing.sealed(self.folder, self.socket.name, **_SEAL):
            self.log.warning("Server %s was not sealed when the Hub before this one ended: stopped", self._log_name)
            await self.stop()
            return "never sealed"
        return status

    async def stop(self, now: bool = False) -> None:
        """Stop the server, and remove its container and its socket folder."""
        await super().stop(now)
        await asyncio.to_thread(sealing.remove, self.folder)

    async def run_post_stop_hook(self) -> None:
        """Remove what a server leaves that ended by itself: the Hub calls :meth:`stop` only for one that runs."""
        await maybe_future(super().run_post_stop_hook())
        status = await self.poll() if self.container_id else 0
        if status is None:  # the engine could not stop it; the next start of this server removes it
            return
        if self.container_id:
            self.log.warning("Server %s had ended: %s\n%s", self._log_name, status, await self._last_words())
            await self.stop()
        else:
            await asyncio.to_thread(sealing.remove, self.folder)

    @default("object_name")
    def _object_name_default(self) -> str:
        """The container's name; the site's is in it, so that two sites can share an engine."""
        return f"{settings().site}-server-{self.sid}"

    async def get_ip_and_port(self) -> tuple[str, int]:
        """Not used: a server has no address. DockerSpawner asks at the end of its own start."""
        return "", 0

    async def _alive(self) -> bool:
        return await self.poll() is None

    async def _last_words(self) -> str:
        """The end of the container's log, for the Hub's."""
        try:
            log: bytes = await self.docker("logs", self.container_id, tail=20)
        except (docker.errors.APIError, docker.errors.NullResource):  # or there is no container yet
            return ""
        return log.decode(errors="replace")

    def _environment(self, granted: Grant) -> dict[str, str]:
        accounts = self.authenticator.accounts
        spoken = comfort.spoken(accounts.language(self.user.name))
        if granted.kind is Kind.INSTRUCTOR:
            learners = comfort.learners_of(granted.course, accounts.states())
            course = {"JUPYTERHUB_ROOT_DIR": str(names.COURSE_ROOT), "DOORSTART_COURSE": granted.course}
            return {**course, **spoken, **comfort.of_course(settings(), learners)}
        return {"JUPYTERHUB_ROOT_DIR": str(names.LEARNER_HOME), **spoken, **comfort.tools(settings())}

    def _create_kwargs(self, granted: Grant) -> dict[str, Any]:
        return {
            "user": f"{names.SERVER_UID}:{names.SERVER_UID}",
            "hostname": "server",
            "labels": {
                names.LABEL_SITE: settings().site,
                names.LABEL_ROLE: granted.kind.value,
                names.LABEL_SERVER: self.sid,
                names.LABEL_IMAGE: self.image,
            },
        }

    def _mounts(self, granted: Grant) -> list[Mount]:
        site = settings().site
        sockets = f"{self._mountpoint('servers')}/{self.sid}"
        relay = self._mountpoint("relay")
        if granted.kind is Kind.LEARNER:
            home = f"{site}-home-{self.user.name}"
            return confinement.learner_mounts(home=home, sockets=sockets, relay=relay)
        kernels = Path(names.KERNELS) / self.sid
        kernels.mkdir(mode=0o755, exist_ok=True)
        return confinement.instructor_mounts(
            home=f"{site}-desk-{self.user.name}",
            course=f"{site}-course-{granted.course}",
            sockets=sockets,
            relay=relay,
            sandbox=self._mountpoint("sandbox"),
            kernels=f"{self._mountpoint('kernels')}/{self.sid}",
        )

    def _mountpoint(self, volume: str) -> str:
        """The host folder of one of the site's volumes, as the engine reports it."""
        client: docker.APIClient = self.client
        return str(client.inspect_volume(f"{settings().site}-{volume}")["Mountpoint"])
