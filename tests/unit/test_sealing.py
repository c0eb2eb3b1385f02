"""Sealing a socket folder. Needs root, as the service has it; a child process stands for the container's user."""
# ruff: noqa: ASYNC220, ASYNC240, PTH208 (nothing else runs in these event loops)

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from doorstart import sealing

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")

CONTAINER = 2000
SERVER = 1000


@pytest.fixture
def folder() -> Iterator[Path]:
    # pytest's own temporary folders are closed to other users, and their paths are long.
    root = Path(tempfile.mkdtemp(prefix="seal-"))
    root.chmod(0o711)
    yield root / "s"
    shutil.rmtree(root)


def as_user(code: str, folder: Path, uid: int = CONTAINER) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["python3", "-c", f"import os, socket\n{code}"],
        cwd=folder,
        user=uid,
        group=uid,
        extra_groups=[],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin"},
    )


def listen(folder: Path, name: str, backlog: int = 5) -> socket.socket:
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(folder / name))
    os.chown(folder / name, CONTAINER, CONTAINER)
    if backlog:
        server.listen(backlog)
    return server


async def seal(folder: Path, *names: str, timeout: float = 0.3, **options: object) -> None:  # noqa: ASYNC109
    await sealing.seal(folder, names, uid=SERVER, gid=SERVER, timeout=timeout, **options)  # type: ignore[arg-type]


async def test_a_sealed_socket_takes_connections_of_its_new_owner_only(folder: Path) -> None:
    sealing.prepare(folder, uid=CONTAINER)
    with listen(folder, "a"):
        await seal(folder, "a")
        connect = f"socket.socket(socket.AF_UNIX).connect({str(folder / 'a')!r})"
        root = folder.parent
        assert as_user(connect, root, SERVER).returncode == 0
        assert "PermissionError" in as_user(connect, root, CONTAINER).stderr
    assert (folder.stat().st_uid, folder.stat().st_mode & 0o7777) == (0, 0o711)
    assert ((folder / "a").stat().st_uid, (folder / "a").stat().st_mode & 0o7777) == (SERVER, 0o600)


@pytest.mark.parametrize(
    "code",
    [
        "os.unlink('a')",
        "os.rename('a', 'b')",
        "os.symlink('/etc/passwd', 'b')",
        "os.link('a', 'b')",
        "open('b', 'w')",
        "socket.socket(socket.AF_UNIX).bind('b')",
        "os.chmod('.', 0o777)",
        "os.chmod('a', 0o777)",
        "os.rename('.', '../t')",
    ],
)
async def test_the_container_cannot_change_a_sealed_folder(folder: Path, code: str) -> None:
    sealing.prepare(folder, uid=CONTAINER)
    with listen(folder, "a"):
        assert as_user("open('control', 'w').close(); os.unlink('control')", folder).returncode == 0
        await seal(folder, "a")
        done = as_user(code, folder)
    assert done.returncode != 0
    assert ("PermissionError" in done.stderr) or ("OSError" in done.stderr)
    assert sorted(os.listdir(folder)) == ["a"]


async def test_rights_granted_before_by_an_access_list_are_taken_away(folder: Path) -> None:
    sealing.prepare(folder, uid=CONTAINER)
    # Version 2: owner, the user 2000, group, mask, others.
    entries = [
        (0x01, 7, 2**32 - 1),
        (0x02, 7, CONTAINER),
        (0x04, 0, 2**32 - 1),
        (0x10, 7, 2**32 - 1),
        (0x20, 0, 2**32 - 1),
    ]
    acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    done = as_user(f"os.setxattr('.', 'system.posix_acl_access', {acl!r})", folder)
    if "not supported" in done.stderr:
        pytest.skip("this file system has no access lists")
    assert done.returncode == 0, done.stderr
    with listen(folder, "a"):
        await seal(folder, "a")
        assert "system.posix_acl_access" not in os.listxattr(folder)
        assert "PermissionError" in as_user("open('b', 'w')", folder).stderr


async def test_whether_it_is_sealed_can_be_asked_afterwards(folder: Path) -> None:
    def sealed(uid: int = SERVER, mode: int = 0o600) -> bool:
        return sealing.sealed(folder, "a", uid=uid, gid=SERVER, mode=mode)

    assert not sealed(), "there is no folder"
    sealing.prepare(folder, uid=CONTAINER)
    assert not sealed(), "there is no socket"
    with listen(folder, "a"):
        assert not sealed() and not sealed(CONTAINER), "the container's folder"
        await seal(folder, "a")
        assert sealed()
        assert not sealed(CONTAINER) and not sealed(mode=0o660)
        (folder / "notice.json").touch()
        assert sealed(), "root may add to it"
        folder.chmod(0o777)
        assert not sealed()
    folder.chmod(sealing.SEALED_MODE)
    (folder / "a").unlink()
    (folder / "a").touch(0o600)
    os.chown(folder / "a", SERVER, SERVER)
    assert not sealed(), "a file"


@pytest.mark.parametrize("kind", ["link", "file", "folder", "pipe"])
async def test_anything_but_a_socket_is_refused(folder: Path, kind: str) -> None:
    sealing.prepare(folder, uid=CONTAINER)
    with listen(folder.parent, "other"):
        path = folder / "a"
        match kind:
            case "link":
                path.symlink_to(folder.parent / "other")
            case "file":
                path.touch()
            case "folder":
                path.mkdir()
            case "pipe":
                os.mkfifo(path)
        with pytest.raises(sealing.SealError, match=f"must be a socket, but is a {kind}"):
            await seal(folder, "a")
        assert (folder.parent / "other").stat().st_uid == CONTAINER
    assert folder.stat().st_uid == 0


async def test_a_second_name_of_a_socket_and_other_entries_are_refused(folder: Path) -> None:
    sealing.prepare(folder, uid=CONTAINER)
    with listen(folder, "a"):
        os.link(folder / "a", folder / "b")
        with pytest.raises(sealing.SealError, match="holds 'b'"):
            await seal(folder, "a")
        with pytest.raises(sealing.SealError, match="second name"):
            await seal(folder, "a", "b")


async def test_a_swap_while_it_seals_is_never_accepted(folder: Path) -> None:
    """A process that keeps swapping the socket for a link gets its link refused, or comes too late."""
    code = (
        "import itertools\n"
        "s = socket.socket(socket.AF_UNIX); s.bind('real'); s.listen(5)\n"
        "os.symlink('/run/other.sock', 'link')\n"
        "for n in itertools.count():\n"
        "    os.rename('real', 'a'); os.rename('a', 'real'); os.rename('link', 'a'); os.rename('a', 'link')\n"
    )
    for _ in range(5):
        sealing.prepare(folder, uid=CONTAINER)
        swapper = subprocess.Popen(
            ["python3", "-c", f"import os, socket\n{code}"],
            cwd=folder,
            user=CONTAINER,
            group=CONTAINER,
            extra_groups=[],
            stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/bin"},
        )
        try:
            with pytest.raises(sealing.SealError):
                await seal(folder, "a", timeout=5)
            await asyncio.to_thread(swapper.wait, 10)  # Its next rename fails.
        finally:
            swapper.kill()
            swapper.wait()


async def test_it_waits_for_a_server_that_is_still_on_its_way(folder: Path) -> None:
    """A server binds, sets its socket's mode and then listens; it must be able to finish in the sealed folder."""
    sealing.prepare(folder, uid=CONTAINER)
    sealing_it = asyncio.create_task(seal(folder, "a", timeout=5))
    await asyncio.sleep(0.05)
    with listen(folder, "a", backlog=0) as server:
        await asyncio.sleep(0.1)
        assert folder.stat().st_uid == 0
        assert not sealing_it.done()
        assert as_user(f"os.chmod({str(folder / 'a')!r}, 0o600)", folder.parent).returncode == 0
        server.listen(5)
        await sealing_it
    assert (folder / "a").stat().st_uid == SERVER


async def test_a_container_that_ends_is_not_waited_for(folder: Path) -> None:
    sealing.prepare(folder, uid=CONTAINER)

    async def alive() -> bool:
        return False

    with pytest.raises(sealing.SealError, match="ended before it made its sockets"):
        await seal(folder, "a", timeout=30, alive=alive)


async def test_the_wait_has_an_end(folder: Path) -> None:
    sealing.prepare(folder, uid=CONTAINER)
    with pytest.raises(sealing.SealError, match=r"not made its sockets .* after 0\.3 seconds"):
        await seal(folder, "a")
    with listen(folder, "a", backlog=0), pytest.raises(sealing.SealError, match="not listened"):
        await seal(folder, "a")


async def test_a_path_too_long_for_a_socket_is_told(folder: Path) -> None:
    with pytest.raises(sealing.SealError, match="too long for a socket"):
        await seal(folder, "a" * 107)


def test_prepare_starts_afresh(folder: Path) -> None:
    target = folder.parent / "target"
    target.mkdir()
    (target / "kept").touch()
    sealing.prepare(folder, uid=CONTAINER)
    (folder / "left").symlink_to(target)
    sealing.prepare(folder, uid=CONTAINER)
    assert list(folder.iterdir()) == []
    assert (folder.stat().st_uid, folder.stat().st_mode & 0o777) == (CONTAINER, 0o700)
    folder.rmdir()
    folder.symlink_to(target)
    sealing.prepare(folder, uid=CONTAINER)
    assert not folder.is_symlink()
    assert (target / "kept").exists()


@pytest.mark.parametrize("change", [lambda p: p.chmod(0o777), lambda p: os.chown(p, CONTAINER, CONTAINER)])
def test_a_folder_that_others_could_move_away_is_refused(folder: Path, change: object) -> None:
    change(folder.parent)  # type: ignore[operator]
    with pytest.raises(sealing.SealError, match="can be changed by others"):
        sealing.prepare(folder, uid=CONTAINER)


def test_remove_is_safe_to_repeat(folder: Path) -> None:
    sealing.prepare(folder, uid=CONTAINER)
    sealing.remove(folder)
    sealing.remove(folder)
    assert not folder.exists()
