"""The reference deployment: plain JupyterHub and DockerSpawner, as somebody has them who follows JupyterHub's example."""
