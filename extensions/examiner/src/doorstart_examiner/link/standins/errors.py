"""What stands for an exception of the other side: one that can be raised and caught here."""

from __future__ import annotations

import sys
from typing import Any

_LIBRARIES = sys.stdlib_module_names - {"__main__"} | {"numpy", "pandas", "matplotlib"}


class ErrorFace:
    """What the stand-in for an exception of a class of the other side has besides being an exception."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("_doorstart_", "__")) or "_doorstart_number" not in self.__dict__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        return type(self)._doorstart_ask("get", self, name)  # type: ignore[attr-defined]

    def __str__(self) -> str:
        text = self.__dict__.get("_doorstart_text")
        return text if type(text) is str else super().__str__()


def new_error(cls: type[BaseException], arguments: tuple[Any, ...]) -> BaseException:
    """An exception with these arguments, whatever its class demands of them."""
    try:
        made = cls(*arguments) if cls.__module__ == "builtins" else cls.__new__(cls, *arguments)
    except Exception:
        made = None
    if not isinstance(made, cls):
        base = next(base for base in cls.__mro__ if base.__module__ == "builtins")
        try:
            made = base.__new__(cls, *arguments)
        except Exception:
            made = _bare_error(cls)
    if cls.__module__ != "builtins":
        made.args = arguments
    return made


def _bare_error(cls: type[BaseException]) -> BaseException:
    if issubclass(cls, BaseExceptionGroup):
        return cls.__new__(cls, "", [Exception()])
    return cls.__new__(cls)


def installed_error(name: str, module: str) -> type | None:
    """An exception class that this side has imported too, such as ``decimal.InvalidOperation``."""
    if module.partition(".")[0] not in _LIBRARIES:
        return None
    found = vars(sys.modules.get(module, object)).get(name)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None
