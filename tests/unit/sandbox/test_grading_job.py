"""What a request for grading may look like."""

from __future__ import annotations

import io
import json
import tarfile
from typing import Any

import pytest

from doorstart.sandbox.grading.job import MAX_CELLS, JobError, read
from doorstart.settings import MIB

CONTENT = {"version": 1, "cells": [{"kind": "learner", "source": "x = 1"}, {"kind": "test", "source": "assert x"}]}


def member(name: str, data: bytes = b"", **fields: Any) -> tuple[tarfile.TarInfo, bytes]:
    """One member of an archive."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in fields.items():
        setattr(info, key, value)
    return info, data


def body(*members: tuple[tarfile.TarInfo, bytes], content: Any = CONTENT) -> io.BytesIO:
    """An archive that begins with a job."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for info, data in (member("job.json", json.dumps(content).encode()), *members):
            archive.addfile(info, io.BytesIO(data))
    packed.seek(0)
    return packed


def test_a_job_and_its_files() -> None:
    sent = body(
        member("files", type=tarfile.DIRTYPE),
        member("files/data", type=tarfile.DIRTYPE, uid=7, mode=0o4777),
        member("files/data/é.csv", b"1;2", uid=7, uname="somebody", mode=0o6777, mtime=99),
    )
    job = read(sent, MIB)
    assert [(cell.kind, cell.source) for cell in job.request.cells] == [("learner", "x = 1"), ("test", "assert x")]
    assert job.request.hidden == ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
    with tarfile.open(fileobj=io.BytesIO(job.files)) as archive:
        found = {one.name: (one.mode, one.uid, one.uname, one.mtime) for one in archive}
        content = archive.extractfile("data/é.csv")
        assert content is not None and content.read() == b"1;2"
    assert found == {"data": (0o755, 0, "", 0), "data/é.csv": (0o644, 0, "", 0)}


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("elsewhere", {}),
        ("/etc/passwd", {}),
        ("files/../x", {}),
        ("files/x", {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}),
        ("files/x", {"type": tarfile.LNKTYPE, "linkname": "job.json"}),
        ("files/x", {"type": tarfile.FIFOTYPE}),
        ("files/x", {"type": tarfile.CHRTYPE}),
    ],
)
def test_what_is_no_file_of_the_folder_is_refused(name: str, fields: dict[str, Any]) -> None:
    with pytest.raises(JobError, match=r"not in the notebook's folder|neither a file nor a folder"):
        read(body(member(name, **fields)), MIB)


def test_too_much_is_refused() -> None:
    with pytest.raises(JobError, match="larger than 1 MB"):
        read(body(member("files/a", bytes(MIB)), member("files/b", b"1")), MIB)
    with pytest.raises(JobError, match="more than 1000 files"):
        read(body(*[member(f"files/{number}") for number in range(1001)]), MIB)
    with pytest.raises(JobError, match="cells"):
        read(body(content={"version": 1, "cells": [CONTENT["cells"][0]] * (MAX_CELLS + 1)}), MIB)


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"version": 2, "cells": []},
        {"version": 1},
        {"version": 1, "cells": [{"kind": "other", "source": ""}]},
        {"version": 1, "cells": [{"kind": "test", "source": 3}]},
        {"version": 1, "cells": [], "password": "x"},
    ],
)
def test_another_form_is_refused(content: Any) -> None:
    with pytest.raises(JobError, match="not in the form"):
        read(body(content=content), MIB)


@pytest.mark.parametrize("sent", [b"", b"no tar", b"\0" * 10240, body().getvalue()[:600]])
def test_damaged_archives_are_refused(sent: bytes) -> None:
    with pytest.raises(JobError, match=r"begin with|could not be read|form"):
        read(io.BytesIO(sent), MIB)


def test_the_job_comes_first() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(*[member("files/job.json")[0]])
    packed.seek(0)
    with pytest.raises(JobError, match="does not begin with"):
        read(packed, MIB)
