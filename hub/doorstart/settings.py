"""Every knob of a site, with its unit, default and meaning. The only module that reads the environment.

A knob ``memory_limit`` is set by the environment variable ``DOORSTART_MEMORY_LIMIT`` or by a line of that form in the
file ``doorstart.env`` beside ``docker-compose.yml``.
"""

from __future__ import annotations

import getpass
import os
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024


class Settings(BaseSettings):
    """The settings of one site. Sizes are in bytes, times in seconds."""

    model_config = SettingsConfigDict(
        env_prefix="DOORSTART_", env_file=Path(__file__).parents[2] / "doorstart.env", extra="ignore"
    )

    # The site
    site: str = Field("doorstart", pattern=r"^[a-z][a-z0-9-]{0,23}$", description="Prefix of containers and volumes.")
    address: str = Field("127.0.0.1", description="Address on which the proxy listens; 0.0.0.0 for a class room.")
    port: int = Field(8000, ge=1, le=65535, description="Port on which the proxy listens.")
    tls_certificate: Path | None = Field(None, description="PEM file with the certificate chain; turns TLS on.")
    tls_key: Path | None = Field(None, description="PEM file with the certificate's private key.")
    subdomain_host: str = Field(
        "",
        pattern=r"^(https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?)?$",
        description="The site's own address, such as https://learn.example.lan; gives each person a subdomain of it. "
        "Needs the name and *.name in the DNS, and a certificate for both.",
    )

    languages: str = Field(
        "",
        pattern=r"^((nl|fr|en|de)(,(nl|fr|en|de))*)?$",
        description="Languages in which `make up` loads the courses, such as nl,fr; empty: all that a course has.",
    )
    time_zone: str = Field("Europe/Brussels", description="Where the site is: by its clock, work is due today or not.")
    demo: bool = Field(True, description="Whether `make up` makes the demo accounts.")

    # Images
    build: bool = Field(True, description="Whether `make up` builds images; not where they come on a stick.")
    built_images: Literal["promote", "known"] = Field(
        "promote", description="Whether `make up` promotes what it built anew, or leaves that to an admin."
    )
    two_persons: bool = Field(False, description="Whether a second person has to confirm each promotion.")
    registry: Path = Field(
        Path("/var/lib/doorstart/images/registry.json"),
        description="File of the registry of images, in the containers of the Hub and of the sandbox.",
    )

    # Several machines of one building
    bundle_registry: str = Field(
        "",
        pattern=r"^(https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[a-z0-9]+([._-][a-z0-9]+)*)+)?$",
        description="A registry of the building's own that has the bundles for several machines, and a name in it, "
        "such as https://updates.lan:5000/doorstart; empty: there is none.",
    )
    bundle_registry_ca: Path | None = Field(
        None, description="PEM file of the authority that signed the registry's certificate, if this machine has none."
    )
    bundle_registry_login: Path | None = Field(
        None, description="File in the form of .netrc with the registry's name and password, if it asks for one."
    )

    debian_snapshot: str = Field(
        "",
        pattern=r"^(\d{8}(T\d{6}Z)?)?$",
        description="Date of the Debian packages in images, such as 20260101; empty: the host's mirror of today.",
    )
    debian_snapshots: str = Field(
        "http://snapshot.debian.org/archive",
        pattern=r"^(https?|file)://[^\s?#]+[^\s?#/]$",
        description="The archive that has Debian's packages as they were on a date: Debian's own, or a mirror of it.",
    )

    # A learner's server
    memory_limit: int = Field(1024 * MIB, ge=256 * MIB, description="Memory of a server; there is no swap beyond it.")
    cpu_limit: float = Field(1.5, gt=0, description="Processors that a server may use at once.")
    pids_limit: int = Field(256, ge=64, description="Processes and threads of a server.")
    open_files_limit: int = Field(1024, ge=256, description="Open files of one process.")
    file_size_limit: int = Field(256 * MIB, ge=MIB, description="Size of one file.")
    tmp_size: int = Field(128 * MIB, ge=MIB, description="Size of /tmp, which is in memory.")
    start_timeout: int = Field(60, ge=5, description="Longest wait for a server's container and its socket.")
    starts_at_once: int = Field(
        0,
        ge=0,
        description="Servers that start at the same time; the others wait. 0: one more than there are processors.",
    )
    idle_timeout: int = Field(3600, ge=60, description="A server without activity for this long is stopped.")

    simple_mode: bool = Field(
        True, description="Whether JupyterLab shows learners one document and few buttons until they switch."
    )
    learner_tools: str = Field(
        "",
        pattern=r"^((terminal|downloads|uploads)(,(terminal|downloads|uploads))*)?$",
        description="What JupyterLab shows learners beside their work, such as downloads,uploads; empty: none of it.",
    )

    # Lessons in the timetable
    lesson_ahead: int = Field(
        300, ge=30, le=3600, description="Seconds before a lesson at which servers begin to start."
    )
    lesson_server_memory: int = Field(
        256 * MIB, ge=64 * MIB, description="Memory that a server of a lesson is expected to use, at work."
    )
    lesson_memory_reserve: int = Field(
        1024 * MIB, ge=0, description="Memory that stays free when servers are started ahead of a lesson."
    )

    # Log-in
    failed_logins: int = Field(5, ge=1, description="Wrong passwords in a row before an account is locked.")
    lockout: int = Field(900, ge=1, description="How long a locked account stays locked.")

    # Exchange
    exchange_database: str = Field(
        "sqlite:////var/lib/doorstart/exchange/exchange.db", description="SQLAlchemy URL; PostgreSQL works too."
    )
    exchange_max_bytes: int = Field(50 * MIB, ge=MIB, description="Largest release, submission or feedback, unpacked.")
    exchange_max_files: int = Field(200, ge=1, description="Most files in one of them.")
    exchange_max_submissions: int = Field(100, ge=1, description="Most submissions of a learner to one assignment.")

    # Sandbox
    kernel_memory_limit: int = Field(1024 * MIB, ge=128 * MIB, description="Memory of a sandboxed kernel, no swap.")
    kernel_cpu_limit: float = Field(1.0, gt=0, description="Processors that a sandboxed kernel may use at once.")
    kernel_pids_limit: int = Field(64, ge=16, description="Processes and threads of a sandboxed kernel.")
    kernel_lifetime: int = Field(
        1800, ge=10, description="A sandboxed kernel is ended after this long, whatever it does."
    )
    kernel_work_size: int = Field(64 * MIB, ge=MIB, description="Size of a kernel's working folder, in memory.")
    kernel_limit: int = Field(8, ge=1, description="Sandboxed kernels that may run at once on the site.")

    # Grading. A learner kernel's memory, processors, processes and working folder are those of a sandboxed kernel.
    grading_start: Literal["fork", "exec"] = Field(
        "fork",
        description="How a learner kernel comes into its container: as a fork of a process that has the imports done, "
        "or started there, which costs a second each and needs no service with rights over the machine.",
    )
    grading_limit: int = Field(
        default_factory=lambda: min(2 * (os.cpu_count() or 1), 8),
        ge=1,
        description="Notebooks that may be graded at once on the site; by default two a processor, and 8 at most.",
    )
    grading_pool: int = Field(3, ge=0, description="Unused learner kernels' containers kept ready while grading.")
    grading_pool_idle: int = Field(120, ge=1, description="Seconds without grading after which none is kept ready.")
    grading_cell_seconds: int = Field(30, ge=1, description="Longest run of one cell of a notebook.")
    grading_notebook_seconds: int = Field(300, ge=1, description="Longest run of all cells of a notebook together.")
    grading_cpu_seconds: int = Field(300, ge=1, description="Processor time that a notebook's code may use.")
    grading_cell_output: int = Field(MIB, ge=1024, description="Output of one cell; the rest is cut.")
    grading_output: int = Field(8 * MIB, ge=1024, description="Output of all cells of a notebook together.")
    grading_operations: int = Field(20_000, ge=1, description="Questions of one test cell to the learner kernel.")
    grading_transfer: int = Field(64 * MIB, ge=MIB, description="Bytes that one test cell and the kernel exchange.")
    grading_restarts: int = Field(10, ge=0, description="Fresh learner kernels for a notebook after one was ended.")
    examiner_memory_limit: int = Field(2048 * MIB, ge=256 * MIB, description="Memory of one server's examiners.")
    examiner_cpu_limit: float = Field(2.0, gt=0, description="Processors that one server's examiners may use at once.")
    examiner_idle: int = Field(600, ge=1, description="Seconds without grading after which none is kept ready.")


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()


def key_passphrase() -> str:
    """The passphrase of signing keys, for scripts: ``DOORSTART_KEY_PASSPHRASE`` in the environment.

    It is no field of the settings, for those are written to files and passed to containers.
    """
    return os.environ.get("DOORSTART_KEY_PASSPHRASE", "")


def person() -> str:
    """Who runs this command: the user of the machine, also behind ``sudo``."""
    return os.environ.get("SUDO_USER") or getpass.getuser()
