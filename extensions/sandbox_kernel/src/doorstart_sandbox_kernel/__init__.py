"""A kernel provisioner that starts each kernel in a throw-away container. Runs in instructors' servers.

``provisioner`` is what jupyter_client loads, ``client`` speaks to the sandbox service, ``workfolder`` decides which
files go along. The folder ``jupyter`` is for ``JUPYTER_PATH``: the one kernelspec of an instructor's server is in it.
"""
