"""A forked learner kernel on the real engine: in all respects a process of its container, and nothing of the forker's.

The real forker and real containers; the questions are asked by code that runs as a learner's would.
"""

from __future__ import annotations

import ast
import asyncio
import errno
import importlib.util
import json
import os
import shutil
import signal
import struct
import tempfile
import textwrap
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import docker
import pytest
import pytest_asyncio

from doorstart import names
from doorstart.images.build import Builder
from doorstart.sandbox.engine import Engine
from doorstart.sandbox.folders import Folders
from doorstart.sandbox.grading import confinement
from doorstart.sandbox.grading.forker import Forker
from doorstart.sandbox.grading.kernels import LearnerKernel, StartError
from doorstart.sandbox.grading.pool import Container
from doorstart.settings import Settings
from doorstart.site import engine
from doorstart.site.place import TOP

NARROW = TOP / "images" / "kernel" / "narrow.py"
engine_test = [pytest.mark.engine, pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]

CALLS = """
import ctypes, errno, json, os, signal, sys
libc = ctypes.CDLL(None, use_errno=True)
SKIPPED = {15, 34, 56, 57, 58, 60, 61, 130, 139, 231, 247}  # they end or stop whoever calls, or wait for ever
def outcome(number):
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        signal.alarm(1)
        result = libc.syscall(number, *[ctypes.c_long(-1)] * 6)
        os.write(write, str(ctypes.get_errno() if result == -1 else 0).encode())
        os._exit(0)
    os.close(write)
    said = os.read(read, 10)
    os.close(read)
    os.waitpid(child, 0)
    return int(said or -1)
print(json.dumps({number: outcome(number) for number in range(470) if number not in SKIPPED}))
"""


class Bench:
    """The real forker and the real pool, without the service around them."""

    def __init__(self, image: str) -> None:
        self.image = image
        self.settings = Settings(_env_file=None, site=f"lk{uuid.uuid4().hex[:8]}", grading_pool=0)
        self.root = Path(tempfile.mkdtemp(prefix="lk-"))
        self.root.chmod(0o711)
        self.client = docker.from_env()
        self.engine = Engine(self.settings.site, self.client)
        self.folders = Folders(self.root, self.root)
        self.forker = Forker(self.settings, image, self.engine, self.folders)

    async def close(self) -> None:
        await self.forker.close()
        for role in confinement.ROLES:
            for container in self.engine.of_role(role):
                self.engine.remove(container)
        self.client.close()
        shutil.rmtree(self.root)

    def containers(self) -> list[str]:
        return self.engine.of_role(confinement.LEARNER_KERNEL)


@pytest.fixture(scope="module")
def image() -> str:
    """The digest of the image in which submissions run."""
    client = engine.ensure_engine(print)
    engine.ensure_tools(print)
    return Builder(TOP, client, print).build_all()["kernel"].id


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench(image: str) -> AsyncIterator[Bench]:
    bench = Bench(image)
    yield bench
    await bench.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kernel(bench: Bench) -> AsyncIterator[LearnerKernel]:
    """A learner kernel for questions that leave it as it is."""
    kernel = await bench.forker.start()
    yield kernel
    kernel.close()


async def run(kernel: LearnerKernel, source: str) -> str:
    """What the learner's code prints."""
    request = {"source": textwrap.dedent(source), "output_bytes": 1_000_000}
    reply = json.loads(await asyncio.wait_for(kernel.frames.ask(b"X", json.dumps(request).encode()), 60))
    assert reply["status"] == "ok", reply
    return "".join(output["text"] for output in reply["outputs"] if output.get("name") == "stdout").strip()


def on_engine(test: Any) -> Any:
    """Marks of a test on the engine, in the module's event loop."""
    for mark in engine_test:
        test = mark(test)
    return test


@on_engine
async def test_it_is_like_its_containers_first_process(kernel: LearnerKernel) -> None:
    seen = ast.literal_eval(
        await run(
            kernel,
            """
            import os
            def look(pid):
                status = dict(line.split(":", 1) for line in open(f"/proc/{pid}/status").read().splitlines())
                return {
                    **{name: status[name].split() for name in ("Uid", "Gid", "CapInh", "CapPrm", "CapEff", "CapBnd",
                       "CapAmb", "NoNewPrivs", "Seccomp")},
                    "namespaces": {name: os.readlink(f"/proc/{pid}/ns/{name}") for name in
                       ("cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time", "user", "uts")},
                    "cgroup": open(f"/proc/{pid}/cgroup").read(),
                    "root": os.stat(f"/proc/{pid}/root").st_ino, "mounts": open(f"/proc/{pid}/mountinfo").read(),
                }
            print({"own": look("self"), "first": look(1), "groups": os.getgroups(), "parent": os.getppid(),
                   "cwd": os.getcwd(), "mask": os.umask(0o77), "environment": dict(os.environ)})
            """,
        )
    )
    assert seen["own"] == seen["first"]
    assert seen["own"]["Uid"] == [str(names.KERNEL_UID)] * 4 and seen["own"]["CapBnd"] == ["0" * 16]
    assert seen["own"]["NoNewPrivs"] == ["1"] and seen["own"]["Seccomp"] == ["2"]
    assert not _namespaces() & set(seen["own"]["namespaces"].values())
    assert set(seen["groups"]) <= {names.KERNEL_UID} and seen["parent"] == 0
    assert seen["cwd"] == "/work" and seen["mask"] == 0o77
    assert not {"HOSTNAME", "MPLCONFIGDIR"} & set(seen["environment"])


def _namespaces() -> set[str]:
    """Those of this process that a container has of its own."""
    return {str(Path(f"/proc/self/ns/{name}").readlink()) for name in ("ipc", "mnt", "net", "pid", "uts")}


@on_engine
async def test_nothing_of_the_forker_is_open(kernel: LearnerKernel) -> None:
    seen = ast.literal_eval(
        await run(
            kernel,
            """
            import os
            open_ = {}
            for name in os.listdir("/proc/self/fd"):
                try: open_[int(name)] = os.readlink(f"/proc/self/fd/{name}")
                except FileNotFoundError: pass
            mapped = {line.split(maxsplit=5)[5] for line in open("/proc/self/maps") if "/" in line}
            def writable(path):
                try: os.close(os.open(path, os.O_WRONLY)); return True
                except OSError: return False
            print({"open": open_, "exe": os.readlink("/proc/self/exe"),
                   "writable": [p for p in ("/proc/self/exe", *(m.strip() for m in mapped)) if writable(p)],
                   "missing": [m for m in mapped if not os.path.exists(m.strip())]})
            """,
        )
    )
    kinds = sorted(leads.partition(":")[0] for leads in seen["open"].values())
    # Pipes are the learner kernel's own, for what the learner's programs print; the forker has none.
    assert set(kinds) <= {"/dev/null", "pipe", "socket"}, seen["open"]
    assert kinds.count("socket") == 1, "its channel"
    assert seen["writable"] == [] and seen["missing"] == []
    assert seen["exe"].startswith("/usr/bin/python3")


@on_engine
async def test_it_sees_its_own_processes_and_no_network(kernel: LearnerKernel) -> None:
    seen = ast.literal_eval(
        await run(
            kernel,
            """
            import os, socket
            pids = {name for name in os.listdir("/proc") if name.isdigit()} - {str(os.getpid())}
            print({"commands": [open(f"/proc/{pid}/cmdline").read().split("\\0")[0] for pid in pids],
                   "devices": socket.if_nameindex(), "routes": open("/proc/net/route").read().splitlines()[1:]})
            """,
        )
    )
    assert {command.rpartition("/")[2] for command in seen["commands"]} <= {"docker-init", "sleep"}
    assert [name for _, name in seen["devices"]] == ["lo"] and seen["routes"] == []


@on_engine
async def test_the_channel_belongs_to_the_containers_network(kernel: LearnerKernel) -> None:
    # SIOCGIFCONF asks for the interfaces of the network in which a socket was made, whoever holds it.
    names_ = await run(
        kernel,
        """
        import array, fcntl, os, socket, struct
        fd = next(int(n) for n in os.listdir("/proc/self/fd") if int(n) > 2 and os.path.exists(f"/proc/self/fd/{n}")
                  and os.readlink(f"/proc/self/fd/{n}").startswith("socket"))
        room = array.array("B", bytes(4096))
        size = struct.unpack("iL", fcntl.ioctl(fd, 0x8912, struct.pack("iL", 4096, room.buffer_info()[0])))[0]
        print([room.tobytes()[i:i+16].split(b"\\0")[0].decode() for i in range(0, size, 40)])
        """,
    )
    assert names_ == "['lo']"


@on_engine
async def test_what_a_container_may_not_call_it_may_not_either(kernel: LearnerKernel, bench: Bench) -> None:
    """Every system call with nonsense for arguments: what the engine's filter refuses in an ordinary container."""
    forked = json.loads(await run(kernel, CALLS))
    python = ["/opt/venv/bin/python", "-I"]
    options = {
        **confinement.learner_kernel(bench.settings, bench.image),
        "entrypoint": [*python, "/opt/doorstart/narrow.py", *python],
    }
    container = await asyncio.to_thread(
        lambda: bench.client.containers.create(
            **{**options, "command": ["-c", CALLS], "log_config": {"type": "json-file", "config": {}}}
        )
    )
    try:
        container.start()
        await asyncio.to_thread(container.wait)
        ordinary = json.loads(container.logs(stderr=False))
    finally:
        container.remove(force=True)
    refusals = (errno.EPERM, errno.ENOSYS)
    wider = {
        number: (outcome, forked[number])
        for number, outcome in ordinary.items()
        if outcome in refusals and forked[number] not in refusals
    }
    assert wider == {}
    assert sum(outcome in refusals for outcome in ordinary.values()) > 60, "the comparison compares something"


@on_engine
@pytest.mark.parametrize(
    ("what", "code"),
    {
        "mount": "libc.mount(b'x', b'/work', b'tmpfs', 0, None)",
        "umount": "libc.umount2(b'/tmp', 2)",
        "remount": "libc.mount(None, b'/', None, 32, None)",
        "unshare user": "libc.unshare(0x10000000)",
        "unshare mounts": "libc.unshare(0x20000)",
        "setns": "libc.setns(os.open('/proc/1/ns/net', os.O_RDONLY), 0)",
        "clone user": "libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)",
        "ptrace": "libc.ptrace(16, 1, None, None)",
        "bpf": "libc.syscall(321, 0, None, 0)",
        "chroot": "libc.chroot(b'/tmp')",
        "keyctl": "libc.syscall(250, 0, -3, 1, 0, 0)",
        "hostname": "libc.sethostname(b'x', 1)",
        "setuid": "libc.setuid(0)",
    }.items(),
)
async def test_rights_are_refused(kernel: LearnerKernel, what: str, code: str) -> None:
    done = await run(kernel, f"import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nprint({code})")
    assert done == "-1", what


@on_engine
async def test_clone3_with_namespaces_is_not_there(kernel: LearnerKernel) -> None:
    code = "import ctypes; l = ctypes.CDLL(None, use_errno=True); print(l.syscall(435, None, 0), ctypes.get_errno())"
    assert await run(kernel, code) == f"-1 {errno.ENOSYS}"


@on_engine
async def test_threads_and_programs_still_start(kernel: LearnerKernel) -> None:
    code = """
    import subprocess, threading, multiprocessing
    seen = []
    thread = threading.Thread(target=seen.append, args=[1]); thread.start(); thread.join()
    print(seen, subprocess.run(["/bin/echo", "here"], capture_output=True, text=True).stdout.strip())
    """
    assert await run(kernel, code) == "[1] here"


@on_engine
async def test_limits_cannot_be_raised(kernel: LearnerKernel, bench: Bench) -> None:
    code = """
    import resource
    for which in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_CPU):
        soft, hard = resource.getrlimit(which)
        try: resource.setrlimit(which, (hard + 1, hard + 1)); raised = True
        except (ValueError, OSError): raised = False
        print(hard, raised)
    """
    limits = confinement.kernel_limits(bench.settings)
    wanted = [limits["open_files"], limits["file_size"], 0, limits["cpu_seconds"]]
    assert (await run(kernel, code)).splitlines() == [f"{limit} False" for limit in wanted]


@on_engine
async def test_memory_counts_for_its_container_only(bench: Bench) -> None:
    hungry, other = await asyncio.gather(bench.forker.start(), bench.forker.start())
    try:
        source = "x = bytearray(2 << 30)\nfor i in range(0, 2 << 30, 4096): x[i] = 1"
        request = json.dumps({"source": source, "output_bytes": 10}).encode()
        asking = asyncio.ensure_future(hungry.frames.ask(b"X", request))
        ended = await asyncio.wait_for(hungry.ended, 60)
        assert ended.signal == signal.SIGKILL and (await hungry.usage()).out_of_memory >= 1
        with pytest.raises(Exception, match="closed"):
            await asking
        assert await run(other, "print(1)") == "1"
        assert (await other.usage()).out_of_memory == 0
    finally:
        hungry.close()
        other.close()


@on_engine
async def test_an_interrupt_arrives_as_one_and_the_kernel_lives(bench: Bench) -> None:
    kernel = await bench.forker.start()
    try:
        source = "try:\n    while True: pass\nexcept KeyboardInterrupt:\n    print('interrupted')"
        asking = asyncio.ensure_future(run(kernel, source))
        await asyncio.sleep(0.5)
        await kernel.interrupt()
        assert await asking == "interrupted"
        assert await run(kernel, "print(2)") == "2"
    finally:
        kernel.close()


@on_engine
async def test_closing_ends_all_that_it_started(bench: Bench) -> None:
    before = set(bench.containers())
    kernel = await bench.forker.start()
    sleeper = "subprocess.Popen(['/bin/sleep', '300'], start_new_session=True)"
    await run(kernel, f"import subprocess; [{sleeper} for _ in range(3)]")
    container = next(iter(set(bench.containers()) - before))
    processes = [int(row[1]) for row in bench.client.containers.get(container).top()["Processes"]]
    assert len(processes) >= 5
    kernel.close()
    for _ in range(100):
        if container not in bench.containers():
            break
        await asyncio.sleep(0.1)
    assert container not in bench.containers()
    assert not set(processes) & {int(name) for name in os.listdir("/proc") if name.isdigit()}  # noqa: PTH208


async def _second_process(bench: Bench, container: str, first: int) -> int:
    """The process that a container's init has started; it comes a moment after the container."""
    async with asyncio.timeout(30):
        while True:
            rows = bench.client.containers.get(container).top()["Processes"]
            for row in rows:
                if int(row[1]) != first:
                    return int(row[1])
            await asyncio.sleep(0.1)


@on_engine
@pytest.mark.parametrize("broken", ["the machine", "no container's id", "rights", "another user", "no init"])
async def test_the_forker_enters_nothing_else(bench: Bench, broken: str) -> None:
    options = confinement.learner_kernel(bench.settings, bench.image)
    if broken == "rights":
        options |= {"cap_add": ["CHOWN"]}
    if broken == "another user":
        options |= {"user": "0:0"}
    named = container = await asyncio.to_thread(bench.engine.start, options)
    process = bench.engine.first_process(container)
    if broken == "the machine":
        process = 1
    if broken == "no init":
        process = await _second_process(bench, container, process)
    if broken == "no container's id":
        named = "0" * 64
    try:
        with pytest.raises(StartError, match=r"not the first|confined|control groups|namespaces"):
            await bench.forker._fork(Container(named, process))
    finally:
        bench.engine.remove(container)


@on_engine
async def test_only_root_reaches_the_forkers_socket(bench: Bench) -> None:
    await bench.forker._ensure()
    folder = bench.folders.grading(bench.forker._folder)
    assert folder.parent.stat().st_mode & 0o077 == 0 and folder.stat().st_mode & 0o077 == 0
    assert (folder / confinement.SOCKET).stat().st_mode & 0o077 == 0


@pytest.fixture(scope="module")
def narrow() -> ModuleType:
    """The filters, which lie in no package."""
    spec = importlib.util.spec_from_file_location("narrow", NARROW)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def decide(narrow: ModuleType, code: bytes, number: int, architecture: int, argument: int = 0) -> int:
    """What a filter answers, by running it."""
    steps = list(struct.iter_unpack("=HBBI", code))
    loaded = {narrow.NUMBER: number, narrow.ARCHITECTURE: architecture, narrow.FIRST_ARGUMENT: argument}
    tests: dict[int, Callable[[int, int], bool]] = {
        narrow.JUMP_IF_EQUAL: lambda a, k: a == k,
        narrow.JUMP_IF_AT_LEAST: lambda a, k: a >= k,
        narrow.JUMP_IF_ANY: lambda a, k: bool(a & k),
    }
    at, value = 0, 0
    while True:
        what, if_true, if_false, number = steps[at]
        at += 1
        if what == narrow.RETURN:
            return int(number)
        if what == narrow.LOAD:
            value = loaded[number]
        else:
            at += if_true if tests[what](value, number) else if_false


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_further_filter_decides_as_its_lists_say(narrow: ModuleType, machine: str) -> None:
    code = narrow.forked_program(machine)
    architecture = narrow.ARCHITECTURES[machine][0]
    refused = {*narrow.FORKED_REFUSED[machine].values(), *narrow.FORKED_REFUSED_EVERYWHERE.values()}
    assert len(refused) > 40
    for number in range(600):
        wanted = narrow.ALLOW
        if number in refused:
            wanted = narrow.REFUSE | errno.EPERM
        if number == narrow.CLONE3:
            wanted = narrow.REFUSE | errno.ENOSYS
        assert decide(narrow, code, number, architecture) == wanted, number
    clone = narrow.CLONE[machine]
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert decide(narrow, code, clone, architecture, flag | signal.SIGCHLD) == narrow.REFUSE | errno.EPERM
    assert decide(narrow, code, clone, architecture, 0x3D0F00) == narrow.ALLOW, "a thread"
    assert decide(narrow, code, 0, 0x40000003) == narrow.REFUSE | errno.ENOSYS, "another architecture"
