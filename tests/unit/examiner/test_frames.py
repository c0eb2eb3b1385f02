"""Frames over a real socket, between two ends that keep to the form and with one that does not."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from doorstart_examiner.frames import MAX_FRAME, Channel, FrameError

Ends = tuple[Channel, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """A channel, and the bare socket at its other end."""
    ours, theirs = socket.socketpair()
    channel = Channel(ours, max_frame=1000)
    yield channel, theirs
    channel.close()
    theirs.close()


@pytest.mark.parametrize("payload", [b"", b"x", bytes(range(256)) * 1000, os.urandom(5_000_000)], ids=len)
def test_a_frame_arrives_as_it_was_sent(payload: bytes) -> None:
    here, there = map(Channel, socket.socketpair())
    sender = threading.Thread(target=lambda: (here.send(b"K", payload), here.send(b"X", b"next")))
    sender.start()
    assert there.receive(timeout=10) == (b"K", payload)
    assert there.receive(timeout=10) == (b"X", b"next")
    sender.join()
    here.close()
    there.close()


def test_the_bytes_are_a_length_a_kind_and_the_payload(ends: Ends) -> None:
    channel, other = ends
    channel.send(b"R", b"abc")
    assert other.recv(100) == b"\0\0\0\4Rabc"
    other.sendall(b"\0\0\0\1K\0\0\0\3Kab")
    assert channel.receive() == (b"K", b"")
    assert channel.receive() == (b"K", b"ab")


def test_a_frame_may_arrive_in_any_pieces(ends: Ends) -> None:
    channel, other = ends

    def dribble() -> None:
        for byte in b"\0\0\0\6Khello":
            other.sendall(bytes([byte]))
            time.sleep(0.005)

    thread = threading.Thread(target=dribble)
    thread.start()
    assert channel.receive(timeout=10) == (b"K", b"hello")
    thread.join()


def test_nothing_is_lost_when_the_time_is_over(ends: Ends) -> None:
    channel, other = ends
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        channel.receive(timeout=0.05)
    other.sendall(b"\0\0\0\6Khe")
    with pytest.raises(TimeoutError):
        channel.receive(timeout=0.05)
    assert 0.1 <= time.monotonic() - began < 5
    other.sendall(b"llo")
    assert channel.receive(timeout=5) == (b"K", b"hello")


def test_the_time_is_for_the_whole_frame(ends: Ends) -> None:
    """One that sends a byte now and then does not get more time with each."""
    channel, other = ends
    stop = threading.Event()

    def dribble() -> None:
        other.sendall(b"\0\0\3\0K")
        while not stop.wait(0.02):
            other.sendall(b"x")

    thread = threading.Thread(target=dribble)
    thread.start()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        channel.receive(timeout=0.2)
    assert time.monotonic() - began < 5
    stop.set()
    thread.join()


def test_sending_has_no_time_limit_after_a_receive_that_had_one() -> None:
    here, there = map(Channel, socket.socketpair())
    with pytest.raises(TimeoutError):
        here.receive(timeout=0.01)
    arrived = []

    def read_late() -> None:
        time.sleep(0.2)
        arrived.append(there.receive(timeout=10))

    thread = threading.Thread(target=read_late)
    thread.start()
    here.send(b"K", b"x" * 5_000_000)
    thread.join()
    assert arrived == [(b"K", b"x" * 5_000_000)]
    here.close()
    there.close()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b"", "between two frames"),
        (b"\0\0", "in the middle of a frame"),
        (b"\0\0\0\5", "in the middle of a frame"),
        (b"\0\0\0\5Kabc", "in the middle of a frame"),
    ],
)
def test_an_end_in_the_wrong_place_is_an_error(ends: Ends, sent: bytes, message: str) -> None:
    channel, other = ends
    other.sendall(sent)
    other.close()
    for _ in range(2):
        with pytest.raises(FrameError, match=message):
            channel.receive(timeout=5)
    with pytest.raises(FrameError, match=message):
        channel.send(b"K", b"")


@pytest.mark.parametrize(
    ("length", "message"),
    [
        (b"\0\0\0\0", "without a kind"),
        (b"\0\0\3\xe9", "1001 bytes was announced; 1000 are allowed"),
        (b"\xff\xff\xff\xff", "4294967295 bytes was announced"),
    ],
)
def test_a_length_that_is_not_allowed_ends_the_conversation(ends: Ends, length: bytes, message: str) -> None:
    channel, other = ends
    other.sendall(length)
    with pytest.raises(FrameError, match=message):
        channel.receive(timeout=5)
    other.sendall(b"\0\0\0\2Kx")
    with pytest.raises(FrameError, match=message):
        channel.receive(timeout=5)


def test_the_longest_frame_fits(ends: Ends) -> None:
    channel, other = ends
    other.sendall(b"\0\0\3\xe8K" + b"x" * 999)
    assert channel.receive(timeout=5) == (b"K", b"x" * 999)
    channel.send(b"K", b"x" * 999)
    with pytest.raises(FrameError, match="longer than the 1000"):
        channel.send(b"K", b"x" * 1000)
    channel.send(b"K", b"after that, nothing is broken")


def test_an_announced_length_reserves_nothing() -> None:
    resource = pytest.importorskip("resource")
    ours, theirs = socket.socketpair()
    channel = Channel(ours)
    theirs.sendall(MAX_FRAME.to_bytes(4, "big") + b"K")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TimeoutError):
        channel.receive(timeout=0.05)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024
    channel.close()
    theirs.close()


def test_a_kind_is_one_byte(ends: Ends) -> None:
    for kind in (b"", b"KK"):
        with pytest.raises(ValueError, match="one byte"):
            ends[0].send(kind, b"")


def test_a_closed_channel_says_so(ends: Ends) -> None:
    channel, _ = ends
    channel.close()
    channel.close()
    with pytest.raises(FrameError, match="closed"):
        channel.receive()
    with pytest.raises(FrameError, match="closed"):
        channel.send(b"K", b"")


def test_an_other_end_that_is_gone_is_an_error_for_the_sender(ends: Ends) -> None:
    channel, other = ends
    other.close()
    with pytest.raises(FrameError, match="does not take anything"):
        channel.send(b"K", b"x")
