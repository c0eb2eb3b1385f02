"""What dpkg's records say."""

from doorstart.images import dpkg
from doorstart.images.layers import File, symlink
from doorstart.images.sbom import Package

STATUS = """\
Package: alpha
Status: install ok installed
Version: 1.0-1

Package: gone
Status: deinstall ok config-files
Version: 0.1

Package: beta
Status: install ok installed
Version: 1:2.0-1
"""
COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
License: GPL-2+

Files: one.c
License: BSD-3-clause or MIT
 The text.

License: GPL-2+
 The text.
"""
FILES = {
    file.path: file
    for file in (
        File("var/lib/dpkg/status", STATUS.encode()),
        File("var/lib/dpkg/info/alpha.list", b"/.\n/usr\n/usr/lib/alpha.py\n/bin/alpha\n"),
        File("var/lib/dpkg/info/beta:amd64.list", b"/.\n/usr/lib/beta.so\n"),
        File("usr/lib/alpha.py"),
        File("usr/lib/__pycache__/alpha.cpython-313.pyc"),
        File("usr/lib/beta.so"),
        File("usr/bin/alpha"),
        File("etc/ld.so.cache"),
        File("usr/share/doc/alpha/copyright", COPYRIGHT.encode()),
        symlink("usr/share/doc/beta", "alpha"),
    )
}


def test_installed_packages_have_versions_licences_and_digests() -> None:
    licence = "(BSD-3-clause or MIT) AND GPL-2+"
    assert dpkg.packages(FILES, {"alpha=1.0-1": "sha256:aa"}) == [
        Package("deb", "alpha", "1.0-1", licence, "sha256:aa"),
        Package("deb", "beta", "1:2.0-1", licence),
    ]


def test_a_copyright_file_that_machines_cannot_read_gives_no_licence() -> None:
    files = {"usr/share/doc/alpha/copyright": File("usr/share/doc/alpha/copyright", b"This package was made by hand.")}
    assert dpkg.licence(files, "alpha") == ""


def test_files_belong_to_the_package_that_lists_them() -> None:
    owners = dpkg.owners(FILES)
    assert owners["usr/lib/beta.so"] == "beta"
    assert owners["usr/bin/alpha"] == "alpha"  # listed as /bin/alpha
    assert owners["usr/lib/__pycache__/alpha.cpython-313.pyc"] == "alpha"
    assert owners["var/lib/dpkg/info/beta:amd64.list"] == "beta"
    assert owners["etc/ld.so.cache"] == ""
    assert owners["var/lib/dpkg/status"] == ""
