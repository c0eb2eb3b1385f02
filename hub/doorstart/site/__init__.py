"""A site on one machine: set up, started, stopped, destroyed. Runs on the host, with the Docker engine."""
