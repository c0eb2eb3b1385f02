"""A layer's bytes follow from what is in it, and from nothing else."""

import io
import tarfile
from collections.abc import Iterable
from pathlib import Path

from doorstart.images.layers import TIME, File, LayerCache, folder, merge, read_tar, symlink, write_tar

FILES = [File("usr/share/b", b"b"), File("usr/bin/a", b"a", 0o755, owner=(0, 42)), symlink("usr/lib64", "lib")]


def written(files: Iterable[File], folders: dict[str, File] | None = None) -> bytes:
    stream = io.BytesIO()
    write_tar(stream, files, folders)
    return stream.getvalue()


def entries(content: bytes) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return {entry.name: entry for entry in archive}


def test_the_same_files_in_another_order_give_the_same_bytes() -> None:
    assert written(FILES) == written(reversed(FILES))


def test_every_entry_has_the_same_time_and_no_names_of_this_machines_users() -> None:
    for entry in entries(written(FILES)).values():
        assert (entry.mtime, entry.uname, entry.gname) == (TIME, "", "")


def test_a_layer_brings_the_folders_above_its_files_as_they_are_in_the_layers_below() -> None:
    found = entries(written([File("tmp/a/b", b"")], {"tmp": folder("tmp", 0o1777)}))
    assert list(found) == ["tmp", "tmp/a", "tmp/a/b"]
    assert found["tmp"].mode == 0o1777
    assert found["tmp/a"].mode == 0o755


def test_a_hard_link_comes_after_its_target() -> None:
    link = File("bin/a", kind=tarfile.LNKTYPE, target="bin/z")
    assert list(entries(written([link, File("bin/z", b"z")]))) == ["bin", "bin/z", "bin/a"]


def test_what_was_written_is_read_again() -> None:
    assert [file for file in read_tar(io.BytesIO(written(FILES))).values() if file.kind != tarfile.DIRTYPE] == sorted(
        FILES, key=lambda one: one.path
    )


def test_devices_and_what_is_not_wanted_are_left_out() -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        device = tarfile.TarInfo("./dev/null")
        device.type = tarfile.CHRTYPE
        archive.addfile(device)
        archive.addfile(tarfile.TarInfo("./etc/kept"))
        archive.addfile(tarfile.TarInfo("./etc/not"))
    stream.seek(0)
    assert list(read_tar(stream, lambda path: path != "etc/not")) == ["etc/kept"]


def test_a_file_that_is_removed_later_is_not_in_the_merged_layer_but_its_mark_is() -> None:
    lower = {file.path: file for file in (File("a/one"), File("a/one/two"), File("a/other"))}
    merged = merge(lower, {"a/.wh.one": File("a/.wh.one")})
    assert set(merged) == {"a/other", "a/.wh.one"}
    again = merge(merged, {"a/one": File("a/one", b"new")})
    assert set(again) == {"a/other", "a/one"}


def test_a_layer_is_found_by_its_key_until_its_file_is_damaged(tmp_path: Path) -> None:
    cache = LayerCache(tmp_path)
    assert cache.find("key") is None
    made = cache.make("key", "two files", FILES)
    assert cache.find("key") == made
    assert made.path is not None
    assert made.size == made.path.stat().st_size
    made.path.write_bytes(made.path.read_bytes()[:-512])
    assert cache.find("key") is None


def test_content_keys_tell_contents_apart_and_not_their_order(tmp_path: Path) -> None:
    cache = LayerCache(tmp_path)
    assert cache.content_key(FILES) == cache.content_key(reversed(FILES))
    assert cache.content_key(FILES) != cache.content_key([*FILES[1:], File("usr/share/b", b"B")])
