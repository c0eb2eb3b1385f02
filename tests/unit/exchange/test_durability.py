"""What must survive: kills in the middle of uploads, many at once, a set-back clock, older databases."""

from __future__ import annotations

import io
import json
import random
import signal
import socket
import sqlite3
import stat
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from doorstart import names
from doorstart.exchange.receipts import ensure_signer, verify_receipt
from doorstart.exchange.service import Exchange
from doorstart.exchange.store.database import Database
from doorstart.exchange.store.models import Base
from doorstart.exchange.wire import Receipt
from doorstart.identity import Caller
from doorstart.settings import Settings
from doorstart_exchange_client.wire import digest_of, pack

from .running import COURSE, Site, work


def noise(seed: int, size: int) -> bytes:
    """Bytes that cannot be compressed, and are the same in each run."""
    return random.Random(seed).randbytes(size)  # noqa: S311  no secret


def test_200_uploads_of_1_mb_at_once(site: Site) -> None:
    site.release()
    bodies = [work(**{"data.txt": noise(n, 1024**2)}) for n in range(20)]
    tokens = [site.learner(f"learner{n}") for n in range(200)]
    with ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(lambda n: site.send(tokens[n], bodies[n % 20]), range(200)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 200
    assert len(site.client(site.instructor()).course_submissions(COURSE)) == 200


def test_same_bytes_50_times_at_once_is_one_submission(site: Site) -> None:
    site.release()
    token = site.learner("bea")
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: site.send(token, work("same")), range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.text for answer in answers}) == 1


def test_kill_in_the_middle_of_uploads(site: Site) -> None:
    """Every receipt that was given is valid and collectable afterwards, and there is no half submission."""
    site.release()
    sent: dict[str, str] = {}
    receipts: list[dict[str, str]] = []
    stop = threading.Event()
    data = noise(0, 200_000)

    def hand_in(number: int) -> None:
        token = site.learner(f"learner{number}")
        for turn in range(1000):
            body = work(f"{number} {turn}", **{"data.txt": data})
            sent[digest_of(body)] = f"learner{number}"
            if stop.is_set():
                return
            try:
                response = site.send(token, body)
            except httpx.TransportError:
                stop.wait(0.5)
                continue
            if response.status_code == 201:
                receipts.append(response.json())

    threads = [threading.Thread(target=hand_in, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        given = len(receipts)
        _until(lambda given=given: len(receipts) >= given + 30)
        site.stop(signal.SIGKILL)
        site.start()
    stop.set()
    for thread in threads:
        thread.join()

    key, instructor = site.key(), site.client(site.instructor())
    kept = {one["receipt"]["id"]: one["receipt"] for one in instructor.course_submissions(COURSE)}
    assert len(receipts) >= 60
    for receipt in receipts:
        assert kept[receipt["id"]] == receipt
        assert verify_receipt(Receipt.model_validate(receipt), key)
    for identifier, receipt in kept.items():
        archive = instructor.submission_archive(identifier).archive
        assert digest_of(archive) == receipt["digest"]
        assert sent[receipt["digest"]] == receipt["learner"]
    assert list((site.state / "incoming").iterdir()) == []


def test_client_that_goes_away_leaves_nothing(site: Site) -> None:
    site.release()
    token = site.learner("bea")
    path = f"/services/exchange/courses/{COURSE}/assignments/ps1/submissions"
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(str(site.socket))
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: token {token}\r\nDoorstart-Digest: {'0' * 64}\r\n"
        raw.sendall(f"{head}Content-Length: 5000000\r\n\r\n".encode() + bytes(2_000_000))
        _until(lambda: list((site.state / "incoming").iterdir()))
    _until(lambda: not list((site.state / "incoming").iterdir()))
    assert site.client(token).own_submissions() == []


def _until(condition: Callable[[], object]) -> None:
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen within 20 seconds")


def test_leftovers_are_deleted_at_start_and_a_stale_socket_is_replaced(site: Site) -> None:
    site.stop(signal.SIGKILL)
    assert site.socket.exists()
    (site.state / "incoming" / "tmpleft").write_bytes(b"half")
    site.start()
    assert not (site.state / "incoming" / "tmpleft").exists()
    assert stat.S_IMODE(site.socket.stat().st_mode) == 0o666


def test_second_service_on_the_same_socket_is_refused(site: Site) -> None:
    done = subprocess.run(site.command(), env=site.variables, capture_output=True, text=True)
    assert done.returncode != 0
    assert "listens on" in done.stderr
    with site.http(None) as http:
        assert http.get("/health").status_code == 200


def test_key_is_private_and_stays(site: Site) -> None:
    key = site.key()
    assert stat.S_IMODE((site.state / "signing.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(site.state.stat().st_mode) == 0o700
    site.stop()
    site.start()
    assert site.key() == key


def test_damaged_key_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "signing.key").write_bytes(b"short")
    with pytest.raises(ValueError, match="backup"):
        ensure_signer(tmp_path / "signing.key")
    assert (tmp_path / "signing.key").read_bytes() == b"short"


def test_release_by_the_admin_while_the_service_runs(site: Site) -> None:
    def run(archive: bytes, assignment: str = "unit-1") -> tuple[int, dict[str, object]]:
        command = site.command("release", COURSE, assignment)
        done = subprocess.run(command, env=site.variables, input=archive, capture_output=True)
        return done.returncode, json.loads(done.stdout)

    assert run(work())[1]["created"] is True
    status, answer = run(work())
    assert (status, answer["version"], answer["created"]) == (0, 1, False)
    assert [one["assignment"] for one in site.client(site.learner("bea")).assignments()] == ["unit-1"]
    status, answer = run(work(), "bad name")
    assert (status, answer["error"]) == (1, "bad_name")
    assert run(b"rubbish")[1]["error"] == "bad_archive"


def test_the_database_refuses_to_change_or_delete(site: Site) -> None:
    site.release()
    receipt, _ = site.client(site.learner("bea")).submit(COURSE, "ps1", work())
    site.client(site.instructor()).release_feedback(receipt["id"], pack({"a.html": b""}))
    with sqlite3.connect(site.state / "exchange.db") as database:
        for table in ("blobs", "releases", "submissions", "feedback"):
            for change in (f"DELETE FROM {table}", f"UPDATE {table} SET digest = '0'"):  # noqa: S608  names from above
                with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                    database.execute(change)


def exchange(folder: Path, now: list[datetime]) -> Exchange:
    settings = Settings(exchange_database=f"sqlite:///{folder / 'exchange.db'}")
    return Exchange(folder, settings, lambda: now[0])


def person(name: str, role: str) -> Caller:
    return Caller(name, "user", (names.group(COURSE, role),), frozenset(), None)


def test_clock_that_is_set_back_does_not_change_the_order(tmp_path: Path) -> None:
    now = [datetime(2030, 1, 1, tzinfo=UTC)]
    service = exchange(tmp_path, now)
    service.release(person("ann", "instructor"), COURSE, "ps1", io.BytesIO(work()))
    bea = person("bea", "learner")
    first, _ = service.submit(bea, COURSE, "ps1", io.BytesIO(work("1")))
    now[0] -= timedelta(days=3650)
    second, _ = service.submit(bea, COURSE, "ps1", io.BytesIO(work("2")))
    assert first.time == "2030-01-01 00:00:00.000000 UTC"
    assert second.time == "2030-01-01 00:00:00.000001 UTC"
    service.close()


def test_migrations_make_what_the_code_expects(tmp_path: Path) -> None:
    """And opening an existing database again changes nothing."""
    url = f"sqlite:///{tmp_path / 'exchange.db'}"
    for _ in range(2):
        database = Database(url, tmp_path)
        with database.read() as session:
            context = MigrationContext.configure(session.connection())
            assert compare_metadata(context, Base.metadata) == []
            pragmas = [
                session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
            assert pragmas == ["wal", 2, 1]
        database.close()


def test_full_disk_is_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from doorstart.exchange.errors import StoreFull

    service = exchange(tmp_path, [datetime.now(UTC)])

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("doorstart.exchange.store.blobs.os.fsync", full)
    with pytest.raises(StoreFull):
        service.release(person("ann", "instructor"), COURSE, "ps1", io.BytesIO(work()))
    assert list((tmp_path / "incoming").iterdir()) == []
    assert service.assignments(person("ann", "instructor"), None) == []
    service.close()
