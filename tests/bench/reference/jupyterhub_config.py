"""JupyterHub's basic Docker example (jupyterhub-deploy-docker), with the limits of hardware that Doorstart has."""

import os

c = get_config()  # type: ignore[name-defined]  # noqa: F821  # traitlets defines it

c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
c.DockerSpawner.image = os.environ["DOCKER_NOTEBOOK_IMAGE"]
c.DockerSpawner.cmd = "jupyterhub-singleuser"
c.DockerSpawner.use_internal_ip = True
c.DockerSpawner.network_name = os.environ["DOCKER_NETWORK_NAME"]
c.DockerSpawner.notebook_dir = "/home/jovyan/work"
c.DockerSpawner.remove = True
# The example names volumes and containers "jupyterhub-user-…" and "jupyter-…": here the run's name is before them, so
# that it can remove its own.
c.DockerSpawner.volumes = {os.environ["REFERENCE"] + "-user-{username}": "/home/jovyan/work"}
c.DockerSpawner.name_template = os.environ["REFERENCE"] + "-server-{username}"

c.JupyterHub.hub_ip = os.environ["REFERENCE"]
c.JupyterHub.hub_port = 8080
c.JupyterHub.cookie_secret_file = "/data/jupyterhub_cookie_secret"
c.JupyterHub.db_url = "sqlite:////data/jupyterhub.sqlite"

# The example has NativeAuthenticator, whose released version cannot log anybody in to this JupyterHub. JupyterHub's own
# costs a start of a server no more.
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = os.environ["PASSWORD"]
c.Authenticator.allow_all = True

# Nothing outside the machine is asked while it is measured: JupyterLab would look for a newer version of itself.
c.DockerSpawner.args = ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=None"]

# The same hardware for both.
c.DockerSpawner.mem_limit = int(os.environ["MEMORY_LIMIT"])
c.DockerSpawner.cpu_limit = float(os.environ["CPU_LIMIT"])

# Kinder than the example: of thirty that start at once on two processors, none is ready within JupyterHub's own limits.
c.Spawner.start_timeout = c.Spawner.http_timeout = 300
