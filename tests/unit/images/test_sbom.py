"""What is in an image: the document, and what differs between two."""

import io
import tarfile
from unittest.mock import MagicMock

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from docker.errors import ImageNotFound, NotFound

from doorstart.images.sbom import Change, Package, Sbom, SbomError, difference, document, parse, read

LIBC = Package("deb", "libc6", "2.41-12", "LGPL-2.1-or-later", "sha256:" + "1" * 64)
PANDAS = Package("pypi", "pandas", "3.0.0", "BSD-3-Clause", "sha256:" + "2" * 64)
PROXY = Package("npm", "@types/node", "1.2.3", "MIT", "sha512:" + "3" * 128)
PLAIN = Package("pypi", "unknown", "1")
ALL = (LIBC, PROXY, PANDAS, PLAIN)


def test_a_document_is_valid_cyclonedx_1_6() -> None:
    content = document("learner", "0.1.0", ALL).decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(content) is None
    broken = content.replace('"specVersion": "1.6"', '"specVersion": "none"')
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(broken) is not None


def test_a_document_read_again_has_the_same_packages() -> None:
    assert parse(document("learner", "0.1.0", ALL)) == Sbom("learner", "0.1.0", tuple(sorted(ALL)))


def test_the_same_packages_in_another_order_give_the_same_bytes() -> None:
    assert document("learner", "0.1.0", ALL) == document("learner", "0.1.0", reversed(ALL))
    assert document("learner", "0.1.0", ALL) != document("learner", "0.1.0", ALL[1:])


def test_package_urls_name_source_name_and_version() -> None:
    assert LIBC.purl == "pkg:deb/debian/libc6@2.41-12?distro=debian-13"
    assert PANDAS.purl == "pkg:pypi/pandas@3.0.0"
    assert PROXY.purl == "pkg:npm/%40types/node@1.2.3"
    assert Package("deb", "libstdc++6", "14.2.0-19+b1").purl == (
        "pkg:deb/debian/libstdc%2B%2B6@14.2.0-19%2Bb1?distro=debian-13"
    )


def test_a_difference_tells_added_removed_and_changed_packages() -> None:
    newer = Package("pypi", "pandas", "3.0.1", "BSD-3-Clause", "sha256:" + "4" * 64)
    before, after = Sbom("learner", "1", (LIBC, PANDAS)), Sbom("learner", "2", (newer, PLAIN))
    found = difference(before, after)
    assert found.added == (PLAIN,)
    assert found.removed == (LIBC,)
    assert found.changed == (Change(PANDAS, newer),)


def test_the_same_version_in_another_file_is_a_change_and_another_word_for_the_licence_is_none() -> None:
    rebuilt = Package("pypi", "pandas", "3.0.0", "BSD-3-Clause", "sha256:" + "5" * 64)
    renamed = Package("pypi", "pandas", "3.0.0", "BSD", PANDAS.digest)
    before = Sbom("learner", "1", (PANDAS,))
    assert difference(before, Sbom("learner", "1", (rebuilt,))).changed
    assert not difference(before, Sbom("learner", "1", (renamed,)))


def test_a_package_of_the_same_name_elsewhere_is_another_package() -> None:
    before, after = Sbom("a", "1", (Package("npm", "six", "1"),)), Sbom("a", "1", (Package("pypi", "six", "1"),))
    found = difference(before, after)
    assert found.added == after.packages
    assert found.removed == before.packages


def test_packages_are_found_by_a_part_of_their_name() -> None:
    assert Sbom("learner", "1", ALL).find("PAN") == [PANDAS]


def test_what_is_no_document_is_refused_with_a_sentence() -> None:
    for content in (b"", b"{}", b'{"metadata": {"component": {"name": "x", "version": "1"}}, "components": [{}]}'):
        with pytest.raises(SbomError, match="not a CycloneDX document"):
            parse(content)


def engine(content: bytes) -> MagicMock:
    spool = io.BytesIO()
    with tarfile.open(fileobj=spool, mode="w") as archive:
        entry = tarfile.TarInfo("sbom.cdx.json")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    client = MagicMock()
    client.api.create_container.return_value = {"Id": "made"}
    client.api.get_archive.return_value = ([spool.getvalue()], {})
    return client


def test_an_image_is_read_without_starting_it() -> None:
    client = engine(document("relay", "1", (LIBC,)))
    assert read(client, "sha256:abc") == Sbom("relay", "1", (LIBC,))
    client.api.start.assert_not_called()
    client.api.remove_container.assert_called_once_with("made", force=True)


def test_an_image_without_a_document_and_a_missing_image_are_told_apart() -> None:
    client = engine(b"")
    client.api.get_archive.side_effect = NotFound("no such file")
    with pytest.raises(SbomError, match="not built by this version"):
        read(client, "sha256:abc")
    client.api.remove_container.assert_called_once_with("made", force=True)
    client.api.create_container.side_effect = ImageNotFound("no such image")
    with pytest.raises(SbomError, match="has no image"):
        read(client, "sha256:abc")
