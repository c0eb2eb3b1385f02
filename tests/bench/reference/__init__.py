"""The reference deployment: plain JupyterHub and DockerSpawner, as JupyterHub's Docker example has them."""
