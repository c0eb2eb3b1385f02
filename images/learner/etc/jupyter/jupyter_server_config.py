"""A learner's server. Comfort, and no outside requests; the container is the boundary, not this file."""

import os
from pathlib import Path

from doorstart_words.packs import settings_folder
from doorstart_words.server import language

LAB = Path("/opt/venv/share/jupyter/lab")

c = get_config()  # noqa: F821  # traitlets defines it

c.ServerApp.sock = "/run/doorstart/server/server.sock"
c.ServerApp.sock_mode = "0600"
# The site's settings say what learners see: doorstart.spawner.comfort.
c.ServerApp.terminals_enabled = "terminal" in os.environ.get("DOORSTART_TOOLS", "").split(",")
c.ServerApp.jpserver_extensions = {
    "doorstart_page_policy": True,
    "doorstart_words": True,
    "jupyter_lsp": False,
    "notebook": False,
    "doorstart_lab": True,
    # nbgrader's panels, loaded when they are first asked for: a server starts sooner, and is smaller, without them.
    "doorstart_lab.later": True,
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.validate_assignment": False,
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.course_list": False,
}

# The pages show the learner's own work, which may do what it likes, but nothing outside the site.
c.PagePolicy.shows = "own work"

# Between the server and its kernels: sockets in /tmp, no port.
c.KernelManager.transport = "ipc"

# In the person's language.
c.LabApp.app_settings_dir = str(settings_folder(LAB, language()))

# Nothing is asked of an address outside.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
c.LabApp.collaborative = False

# Parts of the page are kept by browsers: their address has the digest of all of them, which the image was built with.
c.LabApp.labextensions_url = f"/lab/extensions/{Path('/etc/jupyter/labextensions').read_text().strip()}"
c.ServerApp.static_immutable_cache = [
    os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "/").rstrip("/") + c.LabApp.labextensions_url
]

# Work that was typed is work that is kept.
c.FileContentsManager.delete_to_trash = False
c.FileContentsManager.use_atomic_writing = True

# A real bookkeeping tool, in the learner's own server and offline: started when it is opened from the launcher.
c.ServerProxy.servers = {
    "fava": {
        "command": ["/opt/venv/bin/python", "-I", "/opt/doorstart/ledgers.py", "{port}", "{base_url}fava"],
        "absolute_url": True,
        "timeout": 30,
        "launcher_entry": {"title": "Fava", "icon_path": "/opt/doorstart/fava.svg"},
    }
}
