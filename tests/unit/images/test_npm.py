"""npm packages of an image."""

import json
from pathlib import Path

from doorstart.images import npm
from doorstart.images.sbom import Package


def test_packages_have_the_digests_of_the_lock_and_their_licences(tmp_path: Path) -> None:
    modules = tmp_path / "node_modules"
    (modules / "@scope" / "beta").mkdir(parents=True)
    (modules / "@scope" / "beta" / "package.json").write_text('{"license": "ISC"}')
    lock = tmp_path / "package-lock.json"
    entries = {
        "": {"name": "proxy"},
        "node_modules/alpha": {"version": "1.0", "integrity": "sha512-AAEC", "license": "MIT"},
        "node_modules/alpha/node_modules/@scope/beta": {"version": "2.0"},
        "node_modules/@scope/beta": {"version": "3.0", "integrity": "sha512-/w=="},
        "node_modules/tool": {"version": "1.0", "dev": True},
    }
    lock.write_text(json.dumps({"packages": entries}))
    assert npm.packages(lock, modules) == [
        Package("npm", "@scope/beta", "2.0"),
        Package("npm", "@scope/beta", "3.0", "ISC", "sha512:ff"),
        Package("npm", "alpha", "1.0", "MIT", "sha512:000102"),
    ]
