"""Which file names an archive may hold: names that are safe, and different, on every system they may travel to."""

from __future__ import annotations

import unicodedata

from doorstart.exchange.errors import BadArchive

ALLOWED_TYPES = (
    ".ipynb", ".py", ".md", ".txt", ".csv", ".tsv", ".json", ".xml", ".html", ".png", ".jpg", ".jpeg", ".svg", ".pdf",
    ".xlsx", ".toml", ".yaml", ".yml", ".db", ".parquet", ".beancount",
)  # fmt: skip
"""File types that can be released and handed in."""
FEEDBACK_TYPES = (".html",)
MAX_PATH_BYTES = 255
MAX_DEPTH = 8


class NameRules:
    """Checks the names of one archive, one after the other."""

    def __init__(self, types: tuple[str, ...]) -> None:
        self._types = types
        self._files: set[str] = set()
        self._folders: dict[str, str] = {}

    def file(self, name: bytes) -> str:
        """The path of a file with this name.

        Raises:
            BadArchive: the name is not safe, its type is not allowed, or it is there already.
        """
        path = _checked(name)
        last = path.rpartition("/")[2]
        if not last.lower().endswith(self._types):
            raise BadArchive(
                "file_type",
                f"The file {path!r} has a type that cannot be sent. Delete it or move it elsewhere. "
                f"These can be sent: {' '.join(self._types)}",
            )
        for parent in _parents(path):
            self._add_folder(parent)
        key = _key(path)
        if key in self._files or key in self._folders:
            raise _duplicate(path)
        self._files.add(key)
        return path

    def folder(self, name: bytes) -> None:
        """Checks the name of a folder; raises as :meth:`file`."""
        path = _checked(name)
        for parent in [*_parents(path), path]:
            self._add_folder(parent)

    def _add_folder(self, path: str) -> None:
        key = _key(path)
        if key in self._files or self._folders.setdefault(key, path) != path:
            raise _duplicate(path)


def _checked(name: bytes) -> str:
    try:
        path = name.decode()
    except UnicodeDecodeError:
        shown = name.decode("utf-8", "replace")
        raise _bad(shown, "it is not valid text (UTF-8)") from None
    parts = path.split("/")
    if len(name) > MAX_PATH_BYTES:
        raise _bad(path, f"it is longer than {MAX_PATH_BYTES} bytes")
    if path.startswith("/") or not path:
        raise _bad(path, "it must lead to a place inside the folder")
    if "\\" in path:
        raise _bad(path, "it has a backslash")
    if any(unicodedata.category(character)[0] == "C" or character in "\u2028\u2029" for character in path):
        raise _bad(path, "it has an invisible character")
    if any(part in ("", ".", "..") for part in parts):
        raise _bad(path, "it must lead to a place inside the folder")
    if any(part.startswith(".") for part in parts):
        raise _bad(path, "hidden files (with a dot in front) are not sent")
    if any(part != part.strip() for part in parts):
        raise _bad(path, "it begins or ends with a space")
    if len(parts) > MAX_DEPTH:
        raise _bad(path, f"it is more than {MAX_DEPTH} folders deep")
    return path


def _key(path: str) -> str:
    """Equal for names that some file system takes for one: other case, or another spelling of the same letters."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", path).casefold())


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


def _bad(path: str, why: str) -> BadArchive:
    return BadArchive("bad_file_name", f"The file name {path!r} cannot be used: {why}. Rename it and try again.")


def _duplicate(path: str) -> BadArchive:
    return BadArchive(
        "duplicate_name",
        f"{path!r} is there twice, or differs from another name only in capital letters or in how letters are "
        "written. Rename one of them and try again.",
    )
