"""An instructor's server: one course, its folder and its gradebook."""

import os
from pathlib import Path

from doorstart_grading.feedback import configure_pages
from doorstart_words.packs import settings_folder
from doorstart_words.server import language

LAB = Path("/opt/venv/share/jupyter/lab")

c = get_config()  # noqa: F821  # traitlets defines it

c.ServerApp.sock = "/run/doorstart/server/server.sock"
c.ServerApp.sock_mode = "0600"
c.ServerApp.jpserver_extensions = {
    "doorstart_page_policy": True,
    "doorstart_words": True,
    "doorstart_course_page": True,
    "jupyter_lsp": False,
    "jupyter_server_proxy": False,
    "notebook": False,
    "nbgrader.server_extensions.assignment_list": True,
    "nbgrader.server_extensions.validate_assignment": True,
    "nbgrader.server_extensions.formgrader": True,
    "nbgrader.server_extensions.course_list": False,
}

# The pages show what learners wrote, which may not act with the instructor's rights.
c.PagePolicy.shows = "others' work"
configure_pages(c)

# Not a log-in shell, which would forget where nbgrader is.
c.ServerApp.terminado_settings = {"shell_command": ["/bin/bash"]}

# Every kernel, whatever a notebook's metadata asks for, is a throw-away container of its own.
c.KernelProvisionerFactory.default_provisioner_name = "doorstart-sandbox"

# In the person's language.
c.LabApp.app_settings_dir = str(settings_folder(LAB, language()))
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
c.LabApp.collaborative = False

# Parts of the page are kept by browsers: their address has the digest of all of them, which the image was built with.
c.LabApp.labextensions_url = f"/lab/extensions/{Path('/etc/jupyter/labextensions').read_text().strip()}"
c.ServerApp.static_immutable_cache = [
    os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "/").rstrip("/") + c.LabApp.labextensions_url
]

c.FileContentsManager.delete_to_trash = False
