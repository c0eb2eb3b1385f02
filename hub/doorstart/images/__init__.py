"""Images: what they are made of, and how they are built on a host, without a container registry."""
