"""A kernel provisioner that starts each kernel in a throw-away container. Runs in instructors' servers."""
