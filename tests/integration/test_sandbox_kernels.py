"""Kernels in the sandbox on the real engine: the real service, the real provisioner, real containers, a fake Hub.

The service runs as a process on this machine, as root, with its sockets and folders in a temporary folder; a sleeping
container stands for each instructor's server.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import http.server
import io
import json
import os
import shutil
import signal
import socketserver
import subprocess
import sys
import tarfile
import tempfile
import textwrap
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docker
import httpx
import nbformat
import pytest
from jupyter_client import AsyncKernelManager, KernelManager
from jupyter_client.blocking import BlockingKernelClient
from nbconvert.exporters.exporter import ResourcesDict
from traitlets.config import Config

from doorstart import names
from doorstart.images import arrivals, registry_file
from doorstart.images.registry import Known
from doorstart_sandbox_kernel import provisioner

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]
KERNELSPECS = Path(provisioner.__file__).parent / "jupyter"

SERVICE = """
import sys
from pathlib import Path
from doorstart.sandbox.__main__ import serve
from doorstart.sandbox.folders import Folders
from doorstart.settings import settings
root = Path(sys.argv[1])
folders = Folders(here=root / "kernels", engine=root / "kernels")
serve(settings(), folders, socket=root / "sandbox.sock", hub_socket=root / "hub.sock")
"""


class FakeHub(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Answers ``/hub/api/user`` for the tokens it knows."""

    daemon_threads = True

    def __init__(self, socket: Path) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        hub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                user = hub.users.get((self.headers["Authorization"] or "").removeprefix("token "))
                self.send_response(200 if user else 403)
                self.end_headers()
                self.wfile.write(json.dumps(user or {}).encode())

            def log_message(self, *_: Any) -> None:
                pass

            def address_string(self) -> str:
                return "unix"

        super().__init__(str(socket), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


def promote(registry: Path, image: str) -> None:
    """Promote an image of kernels in a registry."""
    known = [Known(name="kernel", id=image)]
    learned = arrivals.learn(registry_file.read(registry), known, who="test", now=datetime.now(UTC))
    registry_file.update(lambda _: arrivals.first(learned, who="test", now=datetime.now(UTC)), registry)


class Site:
    """A sandbox service with servers of instructors."""

    def __init__(self, image: str, **settings: int) -> None:
        self.image = image
        self.name = f"sbx{uuid.uuid4().hex[:8]}"
        # A short path that other users may pass: pytest's own temporary folders are neither.
        self.root = Path(tempfile.mkdtemp(prefix="sbx-"))
        self.root.chmod(0o711)
        (self.root / "kernels").mkdir(mode=0o711)
        self.registry = self.root / "registry.json"
        promote(self.registry, image)
        self.hub = FakeHub(self.root / "hub.sock")
        self.engine = docker.from_env()
        self.settings = {"DOORSTART_" + key.upper(): str(value) for key, value in settings.items()}
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        environment = {"DOORSTART_SITE": self.name, "DOORSTART_REGISTRY": str(self.registry), **self.settings}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVICE, str(self.root)],
            env={**os.environ, **environment},
            cwd=self.root,
            stderr=(self.root / "log").open("ab"),
        )
        with self.api("nobody") as client:
            wait_until(lambda: self._healthy(client), 20)

    def _healthy(self, client: httpx.Client) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return client.get("/health").status_code == 200
        return False

    def kill(self, sig: signal.Signals = signal.SIGKILL) -> None:
        assert self.process is not None
        self.process.send_signal(sig)
        self.process.wait(20)

    def instructor(self, name: str, server: str = "accounting.nl", **changes: Any) -> str:
        """A running server of an instructor; its token."""
        sid = names.server_id(name, server)
        labels = {names.LABEL_SITE: self.name, names.LABEL_ROLE: "instructor", names.LABEL_SERVER: sid}
        self.engine.containers.run(
            self.image, ["300"], entrypoint="/bin/sleep", labels=labels, network_mode="none", detach=True, init=True
        )
        token = uuid.uuid4().hex
        self.hub.users[token] = {
            "name": name,
            "kind": "user",
            "groups": ["course:accounting.nl:instructor"],
            "scopes": [names.SANDBOX_SCOPE, f"access:servers!server={name}/{server}"],
            **changes,
        }
        return token

    def api(self, token: str) -> httpx.Client:
        transport = httpx.HTTPTransport(uds=str(self.root / "sandbox.sock"))
        headers = {"Authorization": f"token {token}"}
        return httpx.Client(
            transport=transport, base_url="http://sandbox", headers=headers, timeout=60, trust_env=False
        )

    def containers(self, role: str = "kernel", everything: bool = True) -> list[Any]:
        wanted = [f"{names.LABEL_SITE}={self.name}", f"{names.LABEL_ROLE}={role}"]
        return self.engine.containers.list(ignore_removed=True, all=everything, filters={"label": wanted})

    def has_container(self, kernel_id: str) -> bool:
        return any(container.name.endswith(f"-{kernel_id}") for container in self.containers())

    def kernel_folders(self) -> list[Path]:
        return list((self.root / "kernels").glob("*/*"))

    def config(self, name: str, server: str = "accounting.nl", **changes: Any) -> Config:
        """The configuration that an instructor's server needs where its paths differ from the real ones."""
        config = Config()
        config.SandboxProvisioner.socket = str(self.root / "sandbox.sock")
        config.SandboxProvisioner.kernels_folder = str(self.root / "kernels" / names.server_id(name, server))
        config.SandboxProvisioner.update(changes)
        return config

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill(signal.SIGTERM)
        for container in self.engine.containers.list(
            ignore_removed=True, all=True, filters={"label": f"{names.LABEL_SITE}={self.name}"}
        ):
            container.remove(force=True)
        self.engine.close()
        self.hub.shutdown()
        self.hub.server_close()
        print((self.root / "log").read_text())
        shutil.rmtree(self.root)


class Running:
    """A kernel that runs, with a client."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager = manager
        self.client = client

    def run(self, code: str, seconds: float = 30) -> str:
        """What the code printed, or the name of the error that it raised."""
        out: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                out.append(content["text"])
            elif message["msg_type"] == "error":
                out.append(f"{content['ename']}: {content['evalue']}")

        self.client.execute_interactive(textwrap.dedent(code), output_hook=hear, timeout=seconds)
        return "".join(out).strip()

    @property
    def sandbox_id(self) -> str:
        return Path(self.manager.ip).parent.name


def wait_until(done: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture(autouse=True)
def kernelspecs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an instructor's image sets."""
    monkeypatch.setenv("JUPYTER_PATH", str(KERNELSPECS))
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "doorstart-sandbox")


@pytest.fixture(scope="module")
def site(kernel_image: str) -> Iterator[Site]:
    site = Site(kernel_image, kernel_memory_limit=300 * 1024**2, kernel_limit=4)
    yield site
    site.close()


@pytest.fixture(scope="module")
def ann(site: Site) -> str:
    return site.instructor("ann")


@pytest.fixture
def make_site(kernel_image: str) -> Iterator[Callable[..., Site]]:
    with contextlib.ExitStack() as stack:

        def make(**settings: int) -> Site:
            made = Site(kernel_image, **settings)
            stack.callback(made.close)
            return made

        yield make


@contextlib.contextmanager
def kernel(site: Site, token: str, name: str = "ann", folder: Path | None = None, **config: Any) -> Iterator[Running]:
    manager = KernelManager(kernel_name="python3", config=site.config(name, token=token, **config))
    manager.start_kernel(cwd=str(folder) if folder else None)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=30)
        yield Running(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_kernel_runs_beside_its_files_and_leaves_nothing_behind(site: Site, ann: str, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("amount\n12\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "deep.txt").write_text("deep")
    (tmp_path / "helper.py").write_text("VALUE = 41")
    began = time.monotonic()
    with kernel(site, ann, folder=tmp_path) as running:
        assert running.run("import helper; print(helper.VALUE + 1)") == "42"
        assert (
            running.run("print(open('data.csv').read().split(), open('sub/deep.txt').read())")
            == "['amount', '12'] deep"
        )
        assert (
            running.run("open('new.txt', 'w').write('x'); import pandas; print(len(pandas.read_csv('data.csv')))")
            == "1"
        )
        assert site.has_container(running.sandbox_id)
    print(f"start, execute, end: {time.monotonic() - began:.2f} s")
    assert not (tmp_path / "new.txt").exists()
    assert not site.has_container(running.sandbox_id)
    assert not [folder for folder in site.kernel_folders() if running.sandbox_id in folder.name]


def test_what_a_kernel_can_see(site: Site, ann: str) -> None:
    with kernel(site, ann) as running:
        assert running.run("import os; print(sorted(os.listdir('/sys/class/net')))") == "['lo']"
        environment = running.run("print(dict(os.environ))")
        assert "JUPYTERHUB" not in environment and ann not in environment
        assert running.run("print(os.getuid(), os.getgid(), os.getgroups())").startswith("2000 2000")
        status = running.run("print(open('/proc/self/status').read())")
        assert "CapEff:\t0000000000000000" in status
        assert "CapBnd:\t0000000000000000" in status
        assert "NoNewPrivs:\t1" in status
        assert "Seccomp:\t2" in status
        assert running.run("print(open('/etc/resolv.conf').read().split())") == "['nameserver', '127.0.0.1']"
        assert running.run("print(os.path.exists('/var/run/docker.sock'), os.listdir('/run/doorstart'))").startswith(
            "False"
        )
        mounts = running.run("print([l.split()[1] for l in open('/proc/mounts') if l.startswith('/dev/')])")
        expected = {"/run/doorstart/kernel", "/run/doorstart/files", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf"}
        assert {m for m in ast.literal_eval(mounts) if not m.endswith("/docker-init")} == expected


@pytest.mark.parametrize(
    "code",
    [
        "open('/opt/x', 'w')",
        "open('/run/doorstart/kernel/x', 'w')",
        "import os; os.unlink('/run/doorstart/kernel/kernel-1')",
        "import os; os.rename('/run/doorstart/kernel/kernel-1', '/run/doorstart/kernel/x')",
        "import os; os.symlink('/tmp', '/run/doorstart/kernel/x')",
        "import os; os.chmod('/run/doorstart/kernel', 0o777)",
        "import os; os.chmod('/run/doorstart/kernel/kernel-1', 0o777)",
        "import os; os.setxattr('/run/doorstart/kernel', 'system.posix_acl_access', b'')",
        "open('/run/doorstart/files/work/x', 'w')",
        "open('/run/doorstart/files/connection.json', 'w')",
    ],
)
def test_a_kernel_cannot_change_what_is_sealed(running_kernel: Running, code: str) -> None:
    assert running_kernel.run(code).startswith(("PermissionError", "OSError"))


@pytest.fixture(scope="module")
def running_kernel(site: Site, ann: str) -> Iterator[Running]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(KERNELSPECS))
        with kernel(site, ann) as running:
            yield running


def test_the_working_folder_has_its_size_and_no_more(running_kernel: Running) -> None:
    written = running_kernel.run("""
        try:
            with open('big', 'wb') as file:
                for _ in range(200):
                    file.write(bytes(1 << 20))
        except OSError as error:
            print(error.strerror)
        import os; os.unlink('big')
    """)
    assert written == "No space left on device"


def test_sockets_belong_to_the_servers_user(site: Site, running_kernel: Running) -> None:
    folder = Path(running_kernel.manager.ip).parent
    assert (folder.stat().st_uid, folder.stat().st_mode & 0o777) == (0, 0o711)
    sockets = [folder / f"kernel-{port}" for port in range(1, 6)]
    assert {(s.stat().st_uid, s.stat().st_mode & 0o777) for s in sockets} == {(names.SERVER_UID, 0o600)}
    connect = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
    command = [shutil.which("python3", path="/usr/bin") or sys.executable, "-c", connect, str(sockets[0])]
    for uid, allowed in ((names.SERVER_UID, True), (4711, False)):
        done = subprocess.run(command, user=uid, group=uid, extra_groups=[], cwd="/", capture_output=True, text=True)
        assert (done.returncode == 0) is allowed, done.stderr
        assert allowed or "PermissionError" in done.stderr


def test_hostile_files_do_not_run_before_the_seal(site: Site, ann: str, tmp_path: Path) -> None:
    """Each file would, if anything imported or read it at the start, leave a mark; none does until the learner asks."""
    mark = textwrap.dedent("""
        import os
        open("/tmp/ran", "a").write(__name__ + " ")
        open("/tmp/owner", "w").write(str(os.stat("/run/doorstart/kernel").st_uid))
    """)
    modules = [
        "zmq",
        "sitecustomize",
        "usercustomize",
        "ipykernel",
        "IPython",
        "traitlets",
        "json",
        "tornado",
        "logging",
    ]
    for module in [*modules, "ipykernel_launcher", "debugpy", "matplotlib", "ipython_config", "ipython_kernel_config"]:
        (tmp_path / f"{module}.py").write_text(mark)
    (tmp_path / "ipython_config.json").write_text(
        '{"InteractiveShellApp": {"exec_lines": ["open(\'/tmp/ran\', \'a\')"]}}'
    )
    with io.BytesIO() as archive:  # Past the provisioner, which would leave the hidden ones out.
        with tarfile.open(fileobj=archive, mode="w:") as tar:
            tar.add(tmp_path, ".")
            for name in (".ipython/profile_default/startup/00.py", "profile_default/startup/00.py", ".pth", "x.pth"):
                member = tarfile.TarInfo(name)
                member.size = len(mark)
                tar.addfile(member, io.BytesIO(mark.encode()))
        with site.api(ann) as api:
            answer = api.post("/kernels", content=archive.getvalue())
    assert answer.status_code == 201, answer.text
    info = answer.json()["connection"]
    info["ip"] = str(site.root / "kernels" / names.server_id("ann", "accounting.nl") / info["ip"])
    client = BlockingKernelClient()
    client.load_connection_info(info)
    client.start_channels()
    try:
        client.wait_for_ready(timeout=30)
        manager = KernelManager()
        running = Running(manager, client)
        assert running.run("import os; print(os.path.exists('/tmp/ran'))") == "False"
        # The positive control: the same files do run when asked for, and by then the folder is sealed.
        assert running.run("import usercustomize; print(open('/tmp/ran').read(), open('/tmp/owner').read())") == (
            "usercustomize  0"
        )
    finally:
        client.stop_channels()
        with site.api(ann) as api:
            assert api.delete(f"/kernels/{answer.json()['id']}").status_code == 204


def test_a_memory_hog_is_ended_and_named_while_another_kernel_goes_on(site: Site, ann: str) -> None:
    with kernel(site, ann) as other, kernel(site, ann) as hog:
        hog.client.execute("x = bytearray(2 << 30); [x.__setitem__(i, 1) for i in range(0, 2 << 30, 4096)]")
        wait_until(lambda: not hog.manager.is_alive(), 30)
        with site.api(ann) as api:
            state = api.get(f"/kernels/{hog.sandbox_id}").json()
        assert (state["running"], state["reason"]) == (False, "out-of-memory")
        assert "more memory" in state["message"]
        assert other.run("print('here')") == "here"


def test_a_fork_bomb_stays_in_its_container(site: Site, ann: str) -> None:
    with kernel(site, ann) as other, kernel(site, ann) as bomb:
        bomb.client.execute("import os\nwhile True:\n  try: os.fork()\n  except OSError: pass")
        time.sleep(2)
        container = site.engine.containers.get(f"{site.name}-kernel-{_server('ann')}-{bomb.sandbox_id}")
        assert len(container.top()["Processes"]) <= 64
        assert other.run("print('here')") == "here"
    assert not site.has_container(bomb.sandbox_id)


def _server(name: str) -> str:
    return names.server_id(name, "accounting.nl")


def test_an_endless_loop_is_interrupted(site: Site, ann: str) -> None:
    with kernel(site, ann) as running:
        threading.Timer(1, running.manager.interrupt_kernel).start()
        assert running.run("while True: pass").startswith("KeyboardInterrupt")
        assert running.run("print('still here')") == "still here"


def test_a_restart_keeps_the_clients_connection(site: Site, ann: str) -> None:
    with kernel(site, ann) as running:
        running.run("x = 1")
        before = running.manager.get_connection_info()
        running.manager.restart_kernel()
        running.client.wait_for_ready(timeout=30)
        assert running.manager.get_connection_info() == before
        assert running.run("print(x)").startswith("NameError")


def test_a_kernel_that_ends_by_itself_is_reported_and_removed(site: Site, ann: str) -> None:
    with kernel(site, ann) as running:
        running.client.execute("import os; os._exit(3)")
        wait_until(lambda: not running.manager.is_alive(), 10)
        assert not site.has_container(running.sandbox_id)
        with site.api(ann) as api:
            state = api.get(f"/kernels/{running.sandbox_id}").json()
        assert (state["reason"], state["exit_code"]) == ("exited", 3)


def test_another_servers_kernel_is_out_of_reach(site: Site, ann: str, running_kernel: Running) -> None:
    kernel_id = running_kernel.sandbox_id
    for token in (site.instructor("bob"), site.instructor("ann", "programming.nl")):
        with site.api(token) as api:
            assert api.get(f"/kernels/{kernel_id}").status_code == 404
            assert api.post(f"/kernels/{kernel_id}/interrupt").status_code == 404
            api.delete(f"/kernels/{kernel_id}")
    assert running_kernel.run("print('here')") == "here"


def test_who_may_not_start_kernels(site: Site) -> None:
    refused = {
        "a learner": site.instructor("l1", groups=["course:accounting.nl:learner"]),
        "a service": site.instructor("s1", kind="service"),
        "a token of no server": site.instructor("p1", scopes=[names.SANDBOX_SCOPE]),
        "a token without the scope": site.instructor("i1", scopes=["access:servers!server=i1/accounting.nl"]),
    }
    large = bytes(8 << 20)
    before = len(site.containers())
    for who, token in refused.items():
        with site.api(token) as api:
            assert api.post("/kernels", content=large).status_code == 403, who
    with site.api("unknown") as api:
        assert api.post("/kernels").status_code == 401
    assert len(site.containers()) == before


def test_a_full_site_makes_others_wait(make_site: Callable[..., Site]) -> None:
    site = make_site(kernel_limit=1)
    token = site.instructor("ann")
    with kernel(site, token) as first:
        with (
            pytest.raises(RuntimeError, match="at once on this site are in use"),
            kernel(site, token, busy_timeout=1.0),
        ):
            pass
        threading.Timer(2, lambda: first.manager.shutdown_kernel(now=True)).start()
        with kernel(site, token) as second:
            assert second.run("print('here')") == "here"


def test_a_kernels_time_ends(make_site: Callable[..., Site]) -> None:
    site = make_site(kernel_lifetime=10)
    token = site.instructor("ann")
    with kernel(site, token) as running:
        running.client.execute("while True: pass")
        wait_until(lambda: site.containers() == [], 20)
        with site.api(token) as api:
            assert api.get(f"/kernels/{running.sandbox_id}").json()["reason"] == "lifetime-over"
        assert not running.manager.is_alive()


def test_kernels_end_with_their_server(make_site: Callable[..., Site]) -> None:
    site = make_site()
    with kernel(site, site.instructor("ann")) as running:
        assert running.run("print(1)") == "1"
        for server in site.containers("instructor"):
            server.kill()
        wait_until(lambda: site.containers() == [] and site.kernel_folders() == [], 15)


def test_a_killed_service_clears_up_when_it_comes_back(make_site: Callable[..., Site]) -> None:
    site = make_site()
    token = site.instructor("ann")
    manager = KernelManager(kernel_name="python3", config=site.config("ann", token=token))
    manager.start_kernel()
    site.kill()
    assert len(site.containers(everything=False)) == 1
    site.start()
    assert site.containers() == []
    assert site.kernel_folders() == []
    assert not manager.is_alive()
    manager.shutdown_kernel(now=True)
    with kernel(site, token) as again:
        assert again.run("print('here')") == "here"


def test_bad_archives_are_refused_and_leave_nothing(site: Site, ann: str) -> None:
    def archive(change: Callable[[tarfile.TarFile], None]) -> bytes:
        with io.BytesIO() as file:
            with tarfile.open(fileobj=file, mode="w:") as tar:
                change(tar)
            return file.getvalue()

    def link(tar: tarfile.TarFile) -> None:
        member = tarfile.TarInfo("x")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(member)

    def large(tar: tarfile.TarFile) -> None:
        member = tarfile.TarInfo("x")
        member.size = 65 << 20
        tar.addfile(member, io.BytesIO(bytes(65 << 20)))

    before = len(site.containers())
    with site.api(ann) as api:
        for body, words in (
            (archive(link), "neither a file"),
            (archive(large), "larger than"),
            (b"no tar", "unpacked"),
        ):
            answer = api.post("/kernels", content=body)
            assert answer.status_code == 413 and words in answer.json()["message"]
    assert len(site.containers()) == before


def _notebook(kernelspec: str, *cells: str) -> nbformat.NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": kernelspec, "display_name": kernelspec}
    return notebook


def test_nbgrader_executes_a_submission_in_the_sandbox(site: Site, ann: str, tmp_path: Path) -> None:
    from nbgrader.preprocessors import Execute

    folder = tmp_path / "autograded" / "learner-1" / "ps1"
    folder.mkdir(parents=True)
    (folder / "data.csv").write_text("12")
    (tmp_path / "gradebook.db").write_text("secret")
    config = site.config("ann", token=ann)
    config.Execute.kernel_name = "python3"
    # What the learner's notebook names is not what runs.
    notebook = _notebook("local", "import os; print(os.getuid(), open('data.csv').read(), os.listdir('..'))", "1/0")
    resources = ResourcesDict(metadata=ResourcesDict(path=str(folder)))
    before = time.monotonic()
    executed, _ = Execute(config=config).preprocess(notebook, resources)
    print(f"nbgrader's Execute: {time.monotonic() - before:.2f} s")
    assert executed.cells[0].outputs[0].text.startswith("2000 12")
    assert "autograded" not in executed.cells[0].outputs[0].text
    assert executed.cells[1].outputs[0].ename == "ZeroDivisionError"


async def test_an_async_manager_and_two_at_once(site: Site, ann: str) -> None:
    async def one(number: int) -> str:
        manager = AsyncKernelManager(kernel_name="python3", config=site.config("ann", token=ann))
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=30)
            reply = await client.execute_interactive(f"assert {number}", timeout=30)
            return str(reply["content"]["status"])
        finally:
            client.stop_channels()
            await manager.shutdown_kernel()

    assert await asyncio.gather(one(1), one(0)) == ["ok", "error"]


async def test_the_notebook_servers_kernel_manager(site: Site, ann: str, tmp_path: Path) -> None:
    from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

    (tmp_path / "data.csv").write_text("12")
    config = site.config("ann", token=ann)
    manager = AsyncMappingKernelManager(config=config, root_dir=str(tmp_path), connection_dir=str(tmp_path))
    kernel_id = await manager.start_kernel(kernel_name="python3", path="")
    try:
        client = manager.get_kernel(kernel_id).client()
        client.start_channels()
        await client.wait_for_ready(timeout=30)
        assert (await client.execute_interactive("open('data.csv')", timeout=30))["content"]["status"] == "ok"
        await manager.interrupt_kernel(kernel_id)
        await manager.restart_kernel(kernel_id)
        await client.wait_for_ready(timeout=30)
        client.stop_channels()
    finally:
        await manager.shutdown_kernel(kernel_id)
    assert kernel_id not in manager


def test_no_answer_is_told_in_plain_words(tmp_path: Path) -> None:
    config = Config()
    config.SandboxProvisioner.socket = str(tmp_path / "missing.sock")
    manager = KernelManager(kernel_name="python3", config=config)
    with pytest.raises(RuntimeError, match="does not answer"):
        manager.start_kernel()
