"""Archives on their way in: what is refused, what is normalised, and that client and service agree."""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import doorstart_exchange_client.wire as client_wire
from doorstart.exchange import wire
from doorstart.exchange.archive import Limits, Member, normalise, plain_from_any_tar
from doorstart.exchange.errors import BadArchive, ExchangeError, TooLarge, TooManyFiles
from doorstart.exchange.filenames import ALLOWED_TYPES
from doorstart_exchange_client.wire import ArchiveError, pack, unpack

from .running import COURSE, Site, work

LIMITS = Limits(max_bytes=100_000, max_files=20, types=ALLOWED_TYPES)


def check(archive: bytes, limits: Limits = LIMITS) -> tuple[bytes, list[Member]]:
    """The canonical archive and its files."""
    target = io.BytesIO()
    digest, members = normalise(io.BytesIO(archive), target, limits)
    assert digest == hashlib.sha256(target.getvalue()).hexdigest()
    return target.getvalue(), members


def tar(*members: tarfile.TarInfo, format: int = tarfile.USTAR_FORMAT, content: bytes = b"") -> bytes:  # noqa: A002
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format) as archive:
        for member in members:
            member.size = len(content) if member.isreg() else member.size
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def named(name: str, kind: bytes = tarfile.REGTYPE, **fields: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    for field, value in fields.items():
        setattr(info, field, value)
    return info


def test_client_and_service_agree() -> None:
    for name in ("PREFIX", "DIGEST_HEADER", "VARIANT_HEADER", "SCORE_HEADER", "ARCHIVE_TYPE", "TIME_FORMAT"):
        assert getattr(wire, name) == getattr(client_wire, name)


@given(
    st.dictionaries(
        st.from_regex(r"[a-zé][a-z0-9 _é-]{0,60}(/[b-z]{1,40}){0,2}", fullmatch=True).map(
            lambda stem: re.sub(" +/", "/", unicodedata.normalize("NFC", stem.strip())) + ".txt"
        ),
        st.binary(max_size=1500),
        min_size=1,
        max_size=6,
    )
)
def test_what_the_client_packs_is_canonical_already(files: dict[str, bytes]) -> None:
    """So that the digest in the receipt is the digest of what was sent."""
    archive = pack(files)
    canonical, members = check(archive)
    assert canonical == archive
    assert {member.path: member.size for member in members} == {path: len(data) for path, data in files.items()}


def test_what_was_packed_can_be_unpacked(tmp_path: Path) -> None:
    files = {"a.txt": b"1", "deep/er/b.txt": b"2" * 2000, "é.txt": b""}
    unpack(pack(files), tmp_path / "new")
    found = {str(p.relative_to(tmp_path / "new")): p.read_bytes() for p in (tmp_path / "new").rglob("*.txt")}
    assert found == files


def test_names_and_contents_are_all_that_is_kept() -> None:
    noisy = tar(
        named("b.txt", mtime=1234567890, uid=77, gid=78, uname="bea", gname="wing-c", mode=0o4777),
        named("empty", tarfile.DIRTYPE),
        named("a.txt", mtime=5),
        content=b"same",
    )
    assert check(noisy)[0] == pack({"a.txt": b"same", "b.txt": b"same"})


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (tarfile.SYMTYPE, "link.txt"),
        (tarfile.LNKTYPE, "hard.txt"),
        (tarfile.CHRTYPE, "char.txt"),
        (tarfile.BLKTYPE, "block.txt"),
        (tarfile.FIFOTYPE, "pipe.txt"),
        (tarfile.CONTTYPE, "contiguous.txt"),
        (b"Z", "unknown.txt"),
    ],
)
def test_only_files_and_folders(kind: bytes, name: str) -> None:
    with pytest.raises(BadArchive) as refused:
        check(tar(named("ok.txt"), named(name, kind, linkname="/etc/passwd")))
    assert refused.value.code == "not_a_file"
    assert name in refused.value.message


@pytest.mark.parametrize(
    "name",
    [
        "/etc/cron.txt", "../up.txt", "a/../../up.txt", "a/./b.txt", "a//b.txt", "..", "a\\b.txt", "..\\up.txt",
        "new\nline.txt", "bell\a.txt", "\u202etxt.exe.txt", "zero\u200bwidth.txt", "del\x7f.txt", ".hidden.txt",
        ".git/config.txt", "a /b.txt", " a.txt", "1/2/3/4/5/6/7/8/9.txt", "line\u2028.txt",
    ],
)  # fmt: skip
def test_unsafe_names(name: str) -> None:
    with pytest.raises(BadArchive) as refused:
        check(tar(named("ok.txt"), named(name)))
    assert refused.value.code == "bad_file_name"


def test_name_that_is_not_utf8() -> None:
    archive = bytearray(tar(named("x.txt")))
    archive[0] = 0xFF
    archive[148:156] = b"%06o\0 " % (sum(archive[:148]) + sum(archive[156:512]) + 256)
    with pytest.raises(BadArchive, match="UTF-8"):
        check(bytes(archive))


def test_name_over_255_bytes() -> None:
    name = "a" * 155 + "/" + "b" * 96 + ".txt"
    with pytest.raises(BadArchive, match="255 bytes"):
        check(tar(named(name)))
    with pytest.raises(ArchiveError, match="too long"):
        pack({"c" * 200 + ".txt": b""})


@pytest.mark.parametrize(
    "names",
    [
        ("a.txt", "a.txt"),
        ("a.txt", "A.TXT"),
        ("caf\u00e9.txt", "cafe\u0301.txt"),
        ("stra\u00dfe.txt", "strasse.txt"),
        ("\ufb01le.txt", "file.txt"),
        ("data/a.txt", "Data/b.txt"),
        ("a.txt", "a.txt/b.txt"),
        ("a.txt/b.txt", "a.txt"),
    ],
)
def test_names_that_some_system_takes_for_one(names: tuple[str, ...]) -> None:
    with pytest.raises(BadArchive) as refused:
        check(tar(*(named(name) for name in names)))
    assert refused.value.code == "duplicate_name"


@pytest.mark.parametrize("name", ["virus.exe", "run.sh", "noextension", "lib.so", "a.ipynb.zip", "x.tar.gz", "a.js"])
def test_file_types(name: str) -> None:
    with pytest.raises(BadArchive, match="type that cannot be sent"):
        check(tar(named(name)))


def test_file_types_ignore_case() -> None:
    assert check(tar(named("PHOTO.JPG")))[1][0].path == "PHOTO.JPG"


def test_too_large() -> None:
    with pytest.raises(TooLarge):
        check(pack({"a.txt": bytes(60_000), "b.txt": bytes(60_000)}))


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.DIRTYPE])
def test_too_many_files_or_folders(kind: bytes) -> None:
    with pytest.raises(TooManyFiles):
        check(tar(*(named(f"{number}.txt", kind) for number in range(21))))


def test_size_in_the_header_that_is_a_lie() -> None:
    """A bomb: the header promises 8 GB, or the archive ends early."""
    for size in (8**11 - 1, 99_999):
        with pytest.raises((TooLarge, BadArchive)):
            check(named("a.txt", size=size).tobuf(tarfile.USTAR_FORMAT) + bytes(1024))


@pytest.mark.parametrize("compress", ["gz", "bz2", "xz"])
def test_compressed_archive_is_refused(compress: str) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{compress}") as archive:
        archive.addfile(named("a.txt"))
    with pytest.raises(BadArchive):
        check(buffer.getvalue())


def test_extended_formats_are_refused() -> None:
    long = "folder/" + "x" * 120 + ".txt"
    for archive in (
        tar(named(long), format=tarfile.PAX_FORMAT),
        tar(named(long), format=tarfile.GNU_FORMAT),
        tar(named("a.txt", pax_headers={"GNU.sparse.size": "9999999999"}), format=tarfile.PAX_FORMAT),
        tar(named("a.txt", pax_headers={"path": "/etc/passwd.txt"}), format=tarfile.PAX_FORMAT),
    ):
        with pytest.raises(BadArchive):
            check(archive)


def test_damaged_archives() -> None:
    good = work()
    for archive in (b"", b"x" * 600, good[:700], good[:1024], good[:-10240] or good[:512], good + b"hidden"):
        with pytest.raises(BadArchive):
            check(archive)
    with pytest.raises(BadArchive) as refused:
        check(bytes(10240))
    assert refused.value.code == "empty"


@given(st.integers(0, 2047), st.integers(0, 255))
@example(156, ord("2"))
@example(124, 0x80)
def test_one_changed_byte_never_gets_past_unseen(place: int, value: int) -> None:
    archive = bytearray(pack({"a.txt": b"hello", "b.txt": b"world"}))
    archive[place] = value
    _refused_or_safe(bytes(archive))


HEADER_FIELDS = st.fixed_dictionaries(
    {
        "name": st.binary(max_size=100),
        "size": st.one_of(st.integers(0, 3000).map(lambda n: b"%011o\0" % n), st.binary(max_size=12)),
        "kind": st.sampled_from(list(b"0125S7xgLK\0")),
        "prefix": st.binary(max_size=155),
        "content": st.binary(max_size=1024),
    }
)


@given(st.lists(HEADER_FIELDS, max_size=4))
def test_made_up_archives_are_refused_or_safe(entries: list[dict[str, bytes | int]]) -> None:
    archive = b""
    for entry in entries:
        header = bytearray(512)
        for field, start, length in (("name", 0, 100), ("size", 124, 12), ("prefix", 345, 155)):
            header[start : start + length] = bytes(entry[field])[:length].ljust(length, b"\0")  # type: ignore[arg-type]
        header[156] = int(entry["kind"])  # type: ignore[arg-type]
        header[257:265] = b"ustar\x0000"
        header[148:156] = b"%06o\0 " % (sum(header[:148]) + sum(header[156:]) + 256)
        content = bytes(entry["content"])  # type: ignore[arg-type]
        archive += bytes(header) + content.ljust(-(-len(content) // 512) * 512, b"\0")
    _refused_or_safe(archive + bytes(1024))


def _refused_or_safe(archive: bytes) -> None:
    try:
        canonical, members = check(archive)
    except ExchangeError as error:
        assert error.message
        return
    assert check(canonical) == (canonical, members), "canonical once is canonical for ever"
    with tarfile.open(fileobj=io.BytesIO(canonical), mode="r:") as opened:
        for member in opened:
            assert member.isreg()
            assert not member.issparse()
            assert not member.name.startswith(("/", "."))
            assert ".." not in member.name.split("/")
            assert (member.mtime, member.uid, member.gid, member.uname, member.linkname) == (0, 0, 0, "", "")


def test_admins_may_use_any_tar() -> None:
    gz = io.BytesIO()
    with tarfile.open(fileobj=gz, mode="w:gz", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(named("./unit", tarfile.DIRTYPE))
        info = named("./unit/a.txt")
        info.size = 2
        archive.addfile(info, io.BytesIO(b"hi"))
    gz.seek(0)
    plain = io.BytesIO()
    plain_from_any_tar(gz, plain)
    assert check(plain.getvalue())[0] == pack({"unit/a.txt": b"hi"})


@pytest.mark.parametrize("data", [b"", b"not a tar", tar(named("l.txt", tarfile.SYMTYPE, linkname="/etc/passwd"))])
def test_admins_bad_input(data: bytes) -> None:
    with pytest.raises(BadArchive):
        plain_from_any_tar(io.BytesIO(data), io.BytesIO())


# The same over HTTP: the status, and that nothing is left behind.

BAD: list[tuple[str, Callable[[], bytes], int, str]] = [
    ("traversal", lambda: tar(named("ps1.ipynb"), named("../../up.txt")), 422, "bad_file_name"),
    ("link", lambda: tar(named("ps1.ipynb"), named("a.txt", tarfile.SYMTYPE, linkname="/x")), 422, "not_a_file"),
    ("type", lambda: work(**{"a.exe": b""}), 422, "file_type"),
    ("truncated", lambda: work("x" * 3000)[:2000], 422, "truncated"),
    ("empty", lambda: b"", 422, "truncated"),
    ("no notebook", lambda: pack({"a.txt": b""}), 422, "no_notebook"),
    ("too many files", lambda: work(**{f"{n}.txt": b"" for n in range(201)}), 413, "too_many_files"),
    ("too large", lambda: work(**{"big.txt": bytes(51 * 1024**2)}), 413, "too_large"),
    ("much too large", lambda: bytes(60 * 1024**2), 413, "too_large"),
]


@pytest.mark.parametrize(("name", "make", "status", "code"), BAD, ids=[bad[0] for bad in BAD])
def test_bad_uploads(shared_site: Site, name: str, make: Callable[[], bytes], status: int, code: str) -> None:
    shared_site.release()
    token = shared_site.learner("bad")
    response = shared_site.send(token, make())
    assert (response.status_code, response.json()["error"]) == (status, code)
    assert shared_site.client(token).own_submissions() == []
    assert list((shared_site.state / "incoming").iterdir()) == []


def test_upload_with_a_wrong_digest(shared_site: Site) -> None:
    shared_site.release()
    token = shared_site.learner("bad")
    for digest, code in (("0" * 64, "wrong_digest"), ("x", "digest_missing"), ("", "digest_missing")):
        response = shared_site.send(token, work(), **{wire.DIGEST_HEADER: digest})
        assert (response.status_code, response.json()["error"]) == (400, code)
    cut = shared_site.send(token, work()[:-600], **{wire.DIGEST_HEADER: hashlib.sha256(work()).hexdigest()})
    assert (cut.status_code, cut.json()["error"]) == (400, "wrong_digest")
    assert shared_site.client(token).own_submissions() == []


def test_upload_without_a_length_is_stopped_at_the_limit(shared_site: Site) -> None:
    shared_site.release()
    pieces = (bytes(1024**2) for _ in range(60))
    with shared_site.http(shared_site.learner("bad")) as http:
        response = http.post(
            f"/courses/{COURSE}/assignments/ps1/submissions",
            content=pieces,
            headers={wire.DIGEST_HEADER: "0" * 64},
        )
    assert (response.status_code, response.json()["error"]) == (413, "too_large")


def test_assignment_with_a_bad_name(shared_site: Site) -> None:
    for name in ("a b", "-x", "x" * 65, "..", "a+b"):
        response = shared_site.send(shared_site.instructor(), work(), "PUT", f"/courses/{COURSE}/assignments/{name}")
        assert response.status_code in (404, 405, 422), name
    assert shared_site.client(shared_site.instructor()).assignments(COURSE)[0]["assignment"] == "ps1"
