"""What stands for a class of the other side, and what is known of that class."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any, Protocol

from doorstart_examiner.link.standins.vocabulary import OPERATORS
from doorstart_examiner.said import said

SILENT = frozenset(
    {
        *[
            "__array__",
            "__array_interface__",
            "__array_struct__",
            "__array_ufunc__",
            "__array_function__",
            "__array_priority__",
        ],
        *[
            "__array_namespace__",
            "__dlpack__",
            "__buffer__",
            "__dataframe__",
            "__arrow_c_array__",
            "__arrow_c_stream__",
        ],
        *[
            "__arrow_c_schema__",
            "__getstate__",
            "__getinitargs__",
            "__getnewargs__",
            "__getnewargs_ex__",
            "__setstate__",
        ],
        *["__wrapped__", "__torch_function__", "__fspath__", "__length_hint__", "__class_getitem__"],
    }
)
"""Attributes that libraries look for; a stand-in has none of them, and nobody is asked."""


class Ask(Protocol):
    """Asks the other side to do something: the name of an operation, then what it needs."""

    def __call__(self, operation: str, /, *parts: object) -> Any: ...


@dataclasses.dataclass(frozen=True)
class ClassNote:
    """What is known of a class of the other side.

    Attributes:
        number: its number.
        name: as it may be shown.
        base: the plain type that it is a subclass of.
        own: operators that it does not have from that type.
        overrides: all names that it, or a class between it and that type, defines.
        hashes: whether it has a ``__hash__`` of its own.
        learners: whether it says that it was made in the notebook or in a module beside it.
        face: what ``isinstance`` should see besides.
    """

    number: int
    name: str
    base: type | None
    own: frozenset[str]
    overrides: frozenset[str]
    hashes: bool
    learners: bool
    face: type | None


class StandInClass(type):
    """The class of the classes that stand for classes."""

    _doorstart_ask: Ask
    _doorstart_class: ClassNote

    def __new__(cls, name: str, bases: tuple[type, ...], content: dict[str, Any], note: ClassNote | None = None) -> Any:
        if note is None:
            raise TypeError(
                said(
                    "A test cannot make a subclass of %(kind)s, which is the learner's. "
                    "Put the subclass into a cell of the notebook, before the test, and use it by its name.",
                    kind=bases[0].__name__,
                )
            )
        return super().__new__(cls, name, bases, content)

    def __init__(
        cls, name: str, bases: tuple[type, ...], content: dict[str, Any], note: ClassNote | None = None
    ) -> None:
        super().__init__(name, bases, content)

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        return cls._doorstart_ask("call", cls, arguments, named)

    def __getattr__(cls, name: str) -> Any:
        if name in SILENT or name.startswith(("_doorstart_", "__abstractmethods__")):
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}", name=name, obj=cls)
        if name.startswith("__") and name in OPERATORS:
            # Python looks here for a moment when it looks for the method of a class; then it is not there.
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}", name=name, obj=cls)
        return cls._doorstart_ask("get", cls, name)

    def __setattr__(cls, name: str, value: object) -> None:
        if name.startswith("_abc_") or name in ("__abstractmethods__",):
            raise AttributeError(name)
        cls._doorstart_ask("set", cls, name, value)

    def __delattr__(cls, name: str) -> None:
        cls._doorstart_ask("delete", cls, name)

    def __dir__(cls) -> list[str]:
        return [name for name in cls._doorstart_ask("dir", cls) if type(name) is str]

    def __iter__(cls) -> Any:
        return cls._doorstart_ask("special", cls, "__iter__", (), {})

    def __len__(cls) -> Any:
        return cls._doorstart_ask("special", cls, "__len__", (), {})

    def __getitem__(cls, key: object) -> Any:
        return cls._doorstart_ask("special", cls, "__getitem__", (key,), {})

    def __contains__(cls, item: object) -> Any:
        return cls._doorstart_ask("special", cls, "__contains__", (item,), {})

    def __bool__(cls) -> bool:
        return True

    def __repr__(cls) -> str:
        return f"<class {cls.__module__ + '.' + cls.__qualname__!r}>"

    @property
    def __doc__(cls) -> Any:  # type: ignore[override]
        return cls._doorstart_ask("get", cls, "__doc__")

    @property
    def __signature__(cls) -> inspect.Signature:
        return signature(cls._doorstart_ask("signature", cls))


def class_note(cls: Any) -> ClassNote:
    """What is known of the class that this one stands for."""
    return type.__getattribute__(cls, "_doorstart_class")  # type: ignore[no-any-return]


def signature(answer: Any) -> inspect.Signature:
    """The signature of a callable of the other side, of its answer to ``signature``."""
    parameters = []
    for name, kind, has_default, default in answer:
        parameters.append(inspect.Parameter(name, kind, default=default if has_default else inspect.Parameter.empty))
    return inspect.Signature(parameters)
