"""A look into the volumes of a site."""

from __future__ import annotations

from typing import Any

from docker.types import Mount


def in_volume(site: Any, course: str, command: str) -> str:
    """What a shell command says in a course's folder."""
    image = next(one.image for one in site.client.containers.list() if one.name == f"{site.name}-exchange")
    volume = Mount("/course", f"{site.name}-course-{course}", type="volume")
    made = site.client.containers.run(
        image.id,
        ["-c", command],
        entrypoint="sh",
        mounts=[volume],
        network_mode="none",
        user="0",
        remove=True,
        working_dir="/course",
    )
    return bytes(made).decode()
