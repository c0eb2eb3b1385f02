"""What a wheel puts into an image."""

import zipfile
from email import message_from_string
from pathlib import Path

import pytest

from doorstart.images import wheels
from doorstart.images.sbom import Package

SITE = "opt/venv/lib/python3.13/site-packages"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A small package with a command, data, a script, a test and a source map."""
    path = tmp_path / "alpha-1.0-py3-none-any.whl"
    info, data = "alpha-1.0.dist-info", "alpha-1.0.data"
    files = {
        "alpha/__init__.py": "",
        "alpha/static/page.js.map": "",
        "alpha/tests/test_alpha.py": "",
        f"{data}/data/share/jupyter/alpha.json": "{}",
        f"{data}/scripts/beta": "#!python\nprint()\n",
        f"{info}/METADATA": "Metadata-Version: 2.4\nName: Alpha\nVersion: 1.0\nLicense-Expression: MIT\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n",
        f"{info}/entry_points.txt": "[console_scripts]\nalpha = alpha:main\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_files_go_where_an_installer_puts_them(wheel: Path) -> None:
    files = {file.path: file for file in wheels.files_of(wheel)}
    assert f"{SITE}/alpha/__init__.py" in files
    assert "opt/venv/share/jupyter/alpha.json" in files
    for name in ("alpha", "beta"):
        script = files[f"opt/venv/bin/{name}"]
        assert script.mode == 0o755
        assert script.content.startswith(b"#!/opt/venv/bin/python")


def test_what_no_image_needs_is_left_out(wheel: Path) -> None:
    paths = [file.path for file in wheels.files_of(wheel)]
    assert not [path for path in paths if "tests" in path or path.endswith(".map")]


def test_a_wheel_says_its_name_version_and_licence(wheel: Path) -> None:
    assert wheels.package_of(wheel, "sha256:aa") == Package("pypi", "alpha", "1.0", "MIT", "sha256:aa")


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ("License-Expression: BSD-3-Clause\nLicense: other", "BSD-3-Clause"),
        ("License: Apache 2.0", "Apache 2.0"),
        ("License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License", "MIT License"),
        (
            "License: Copyright\n        and many lines\nClassifier: License :: OSI Approved :: BSD License",
            "BSD License",
        ),
        ("License: Copyright me\n        and many lines", "Copyright me"),
        ("Name: alpha", ""),
    ],
)
def test_a_licence_is_found_wherever_the_author_wrote_it(metadata: str, expected: str) -> None:
    assert wheels.licence_of(message_from_string(metadata)) == expected


def test_the_environment_is_one_that_python_knows() -> None:
    paths = {file.path: file for file in wheels.environment()}
    assert b"home = /usr/bin" in paths["opt/venv/pyvenv.cfg"].content
    assert paths["opt/venv/bin/python"].target == "/usr/bin/python3"
