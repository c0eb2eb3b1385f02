"""What stands for an opaque object of the other side: a class's instances by instances, a class by a class.

For each class of the other side one class is made here, with the same name, bases and operators, but without any of its
code: whatever is done with it or its instances becomes a question to the other side. As these are real classes,
``isinstance``, ``issubclass``, ``except`` and ``match`` work with them as they are.

What may be asked, and what an answer is worth, is for whoever gives :class:`StandIns` its ``ask``.
"""

from __future__ import annotations

import builtins
import dataclasses
import datetime
import inspect
import keyword
import sys
import types
import weakref
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn, Protocol

from doorstart_examiner.link.errors import BadMessage

ARITHMETIC = tuple(
    f"__{prefix}{name}__"
    for name in [
        "add",
        "sub",
        "mul",
        "matmul",
        "truediv",
        "floordiv",
        "mod",
        "divmod",
        "pow",
        "lshift",
        "rshift",
        "and",
        "xor",
        "or",
    ]
    for prefix in ("", "r", "i")
    if not (prefix == "i" and name == "divmod")
)
ORDER = ("__lt__", "__le__", "__gt__", "__ge__")
OPERATORS = frozenset(
    {
        *(*ARITHMETIC, *ORDER),
        *[
            "__call__",
            "__len__",
            "__iter__",
            "__next__",
            "__reversed__",
            "__getitem__",
            "__setitem__",
            "__delitem__",
            "__contains__",
        ],
        *[
            "__bool__",
            "__int__",
            "__float__",
            "__complex__",
            "__index__",
            "__round__",
            "__trunc__",
            "__floor__",
            "__ceil__",
            "__abs__",
            "__neg__",
        ],
        *["__pos__", "__invert__", "__enter__", "__exit__"],
    }
)
"""Methods that a stand-in has only if the class that it stands for has them: whether they are there means something."""
UNCHANGING = (int, float, complex, str, bytes, tuple, frozenset, Decimal, Fraction, datetime.datetime, datetime.date)
CHANGING = (list, dict, set, bytearray)
PLAIN = {cls.__name__: cls for cls in (*UNCHANGING, *CHANGING)}
"""Plain types of which a class may be a subclass. Its instances are compared by their plain value, here."""
EXCEPTIONS = {
    name: cls for name, cls in vars(builtins).items() if isinstance(cls, type) and issubclass(cls, BaseException)
}
_LIBRARIES = sys.stdlib_module_names - {"__main__"} | {"numpy", "pandas", "matplotlib"}
_FACES: dict[str, type] = {"generator": types.GeneratorType, "function": types.FunctionType}
"""Python's own types that ``isinstance`` should see through a stand-in."""
_SILENT = frozenset(
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


class StandIn:
    """Stands for one object. Its own attributes cannot be those of the object: their names are reserved."""

    __slots__ = ("__weakref__", "_doorstart_base", "_doorstart_hash", "_doorstart_label", "_doorstart_number")
    _doorstart_ask: Ask
    _doorstart_class: ClassNote

    def __getattr__(self, name: str) -> Any:
        if name in _SILENT or name.startswith("_doorstart_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        return type(self)._doorstart_ask("get", self, name)

    def __setattr__(self, name: str, value: object) -> None:
        type(self)._doorstart_ask("set", self, name, value)

    def __delattr__(self, name: str) -> None:
        type(self)._doorstart_ask("delete", self, name)

    def __dir__(self) -> list[str]:
        return [name for name in type(self)._doorstart_ask("dir", self) if type(name) is str]

    def __repr__(self) -> str:
        return _text(type(self)._doorstart_ask("repr", self))

    def __str__(self) -> str:
        return _text(type(self)._doorstart_ask("str", self))

    def __format__(self, form: str) -> str:
        return _text(type(self)._doorstart_ask("format", self, form))

    def __eq__(self, other: object) -> Any:
        return type(self)._doorstart_ask("equal", self, other)

    def __hash__(self) -> int:
        return int(type(self)._doorstart_ask("hash", self))

    def __copy__(self) -> Any:
        return type(self)._doorstart_ask("copy", self)

    def __deepcopy__(self, memo: object) -> Any:
        return type(self)._doorstart_ask("deepcopy", self)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} of the learner's code cannot be pickled")

    @property
    def __signature__(self) -> inspect.Signature:
        return _signature(type(self)._doorstart_ask("signature", self))


def _doc(self: StandIn) -> Any:
    return type(self)._doorstart_ask("get", self, "__doc__")


def _face(self: StandIn) -> type:
    cls = type(self)
    return cls._doorstart_class.face or cls


class StandInClass(type):
    """The class of the classes that stand for classes."""

    _doorstart_ask: Ask
    _doorstart_class: ClassNote

    def __new__(cls, name: str, bases: tuple[type, ...], content: dict[str, Any], note: ClassNote | None = None) -> Any:
        if note is None:
            raise TypeError(
                f"A test cannot make a subclass of {bases[0].__name__}, which is the learner's. "
                "Put the subclass into a cell of the notebook, before the test, and use it by its name."
            )
        return super().__new__(cls, name, bases, content)

    def __init__(
        cls, name: str, bases: tuple[type, ...], content: dict[str, Any], note: ClassNote | None = None
    ) -> None:
        super().__init__(name, bases, content)

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        return cls._doorstart_ask("call", cls, arguments, named)

    def __getattr__(cls, name: str) -> Any:
        if name in _SILENT or name.startswith(("_doorstart_", "__abstractmethods__")):
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
        return _signature(cls._doorstart_ask("signature", cls))


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


class StandIns:
    """Makes the stand-ins of one side.

    Args:
        ask: whom to ask.
        local: answers operations of instances of subclasses of plain types on their plain value; or None.
    """

    def __init__(self, ask: Ask, local: Callable[[str], Callable[..., Any]] | None = None) -> None:
        self._ask = ask
        self._local = local
        self._classes: dict[int, type] = {}
        self._objects: dict[int, weakref.ref[Any]] = {}
        self._errors: dict[int, BaseException] = {}
        self._gone: list[int] = []

    def make(self, number: int, description: list[Any]) -> object:
        """The stand-in for an object; the same one for the same number, for as long as somebody has it.

        Args:
            number: the object's.
            description: ``["class", number]`` for a class, otherwise ``[class, label, hash]``; see :mod:`.operations`.

        Raises:
            BadMessage: not a description.
        """
        if description[0] == "class":
            if description[1] != number:
                raise BadMessage("a class under another number")
            return self._class(description)
        known = self._objects.get(number)
        found = known() if known is not None else self._errors.get(number)
        if found is not None:
            return found
        described, label, hashed = description
        cls = self._class(described)
        label = label if type(label) is str else ""
        if issubclass(cls, BaseException):
            return self._error(cls, number, label)
        made = object.__new__(cls)
        _LABEL.__set__(made, label[:300])
        _NUMBER.__set__(made, number)
        if type(hashed) is int:
            _HASH.__set__(made, hashed)
        self._objects[number] = weakref.ref(made, lambda _: self._gone.append(number))
        return made

    def attach(self, stand_in: object, along: list[Any]) -> None:
        """Give a stand-in for an instance of a subclass of a plain type its plain value.

        Raises:
            BadMessage: it is not of that type.
        """
        cls: Any = type(stand_in)
        if not isinstance(stand_in, StandIn) or len(along) != 1 or type(along[0]) is not cls._doorstart_class.base:
            raise BadMessage("a value that does not belong to its class")
        _BASE.__set__(stand_in, along[0])

    def gone(self) -> list[int]:
        """The numbers of objects that nobody has any more."""
        gone, self._gone = self._gone, []
        kept = []
        for number in gone:
            known = self._objects.get(number)
            if known is not None and known() is None:
                del self._objects[number]
                kept.append(number)
        return kept

    def learn(self, classes: Any) -> None:
        """Make classes of the other side's descriptions of its own.

        Raises:
            BadMessage: these are none.
        """
        for description in classes:
            match description:
                case [int(number), str(name), str(module), list(bases), list(methods), dict(notes)]:
                    if number in self._classes:
                        raise BadMessage("a class that is known")
                    self._classes[number] = self._make_class(number, name, module, bases, methods, notes)
                case _:
                    raise BadMessage("not a class")

    def _class(self, description: Any) -> type:
        match description:
            case ["builtin", str(name)]:
                return EXCEPTIONS[name]
            case ["class", int(number)]:
                return self._classes[number]
        raise BadMessage("not a class")

    def _make_class(
        self, number: int, name: str, module: str, bases: list[Any], methods: list[Any], notes: dict[str, Any]
    ) -> type:
        if len(self._classes) > 2000 or len(bases) > 20:
            raise BadMessage("too many classes")
        parents = [self._class(base) for base in bases]
        installed = _installed_error(name, module) if "exception" in notes else None
        if installed is not None:
            return installed
        base = PLAIN.get(notes.get("base", ""))
        operators = {method for method in methods if type(method) is str and method in OPERATORS}
        error = EXCEPTIONS.get(notes.get("exception", ""))
        note = ClassNote(
            number,
            shown_name(name),
            base,
            frozenset(operators),
            frozenset(part for part in notes.get("overrides", ()) if type(part) is str),
            notes.get("hash") is True,
            notes.get("learners") is True,
            base or _FACES.get(name if module == "builtins" else ""),
        )
        content: dict[str, Any] = {
            "__module__": shown_name(module),
            "__qualname__": shown_name(name),
            "_doorstart_class": note,
            "_doorstart_ask": staticmethod(self._ask),
        }
        if error is not None:
            parents = [parent for parent in parents if issubclass(parent, BaseException)]
            if not any(issubclass(parent, error) for parent in parents):
                parents.append(error)
            if not any(issubclass(parent, _ErrorFace) for parent in parents):
                parents.insert(0, _ErrorFace)
            return _new_class(note, tuple(parents), (_ErrorFace, error), content)
        content["__slots__"] = ()
        content["__doc__"] = property(_doc)
        content["__class__"] = property(_face)
        for method in operators:
            content[method] = _forwarder(method)
        if base is not None and self._local is not None:
            for method in OPERATORS & set(dir(base)) - operators:
                content[method] = self._local(method)
        if notes.get("hash") is None and notes.get("unhashable") is True:
            content["__hash__"] = None
        fields = [field for field in notes.get("fields", ()) if type(field) is str and field.isidentifier()]
        if fields and len(fields) == len(notes["fields"]):
            like = dataclasses.make_dataclass("Like", fields)
            content["__dataclass_fields__"] = vars(like)["__dataclass_fields__"]
        match = notes.get("match")
        if type(match) is list and all(type(part) is str for part in match):
            content["__match_args__"] = tuple(match)
        parents = [parent for parent in parents if issubclass(parent, StandIn)]
        return _new_class(note, tuple(parents) or (StandIn,), (StandIn,), content)

    def _error(self, cls: type[BaseException], number: int, text: str) -> BaseException:
        made = new_error(cls, (text,))
        made.__dict__["_doorstart_number"] = number
        made.__dict__["_doorstart_text"] = text
        if len(self._errors) < 10_000:
            self._errors[number] = made
        return made


class _ErrorFace:
    """What the stand-in for an exception of a class of the other side has besides being an exception."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("_doorstart_", "__")) or "_doorstart_number" not in self.__dict__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        return type(self)._doorstart_ask("get", self, name)  # type: ignore[attr-defined]

    def __str__(self) -> str:
        text = self.__dict__.get("_doorstart_text")
        return text if type(text) is str else super().__str__()


_NUMBER, _BASE, _HASH, _LABEL = (
    vars(StandIn)[name] for name in ("_doorstart_number", "_doorstart_base", "_doorstart_hash", "_doorstart_label")
)


def _new_class(note: ClassNote, bases: tuple[type, ...], fallback: tuple[type, ...], content: dict[str, Any]) -> type:
    try:
        return StandInClass(note.name, bases, content, note)
    except TypeError:  # Bases that do not go together.
        return StandInClass(note.name, fallback, content, note)


def _installed_error(name: str, module: str) -> type | None:
    """An exception class that this side has imported too, such as ``decimal.InvalidOperation``."""
    if module.partition(".")[0] not in _LIBRARIES:
        return None
    found = vars(sys.modules.get(module, object)).get(name)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _forwarder(method: str) -> Callable[..., Any]:
    def forward(self: StandIn, *arguments: Any, **named: Any) -> Any:
        return type(self)._doorstart_ask("special", self, method, arguments, named)

    forward.__name__ = method
    return forward


def number_of(value: object) -> int | None:
    """The number of the object that this one stands for; None if it stands for nothing."""
    cls = type(value)
    if issubclass(cls, StandIn):
        return _NUMBER.__get__(value)  # type: ignore[no-any-return]
    if issubclass(cls, StandInClass):
        return class_note(value).number
    if issubclass(cls, BaseException):
        number = value.__dict__.get("_doorstart_number")
        return number if type(number) is int else None
    return None


def class_note(cls: Any) -> ClassNote:
    """What is known of the class that this one stands for."""
    return type.__getattribute__(cls, "_doorstart_class")  # type: ignore[no-any-return]


def label_of(value: object) -> str:
    """What the other side calls this object, such as the name of a function; may be empty."""
    return _LABEL.__get__(value) if issubclass(type(value), StandIn) else ""


def hash_of(value: StandIn) -> int | None:
    """The hash that came along with a key."""
    try:
        return _HASH.__get__(value)  # type: ignore[no-any-return]
    except AttributeError:
        return None


def set_hash(value: StandIn, hashed: int) -> None:
    """Keep a hash, so that it does not change."""
    _HASH.__set__(value, hashed)


def plain_of(value: object) -> Any:
    """The plain value that came along with an instance of a subclass of a plain type that cannot change.

    Raises:
        AttributeError: none came.
    """
    return _BASE.__get__(value)


def shown_name(name: str) -> str:
    """The name if it is one that Python allows, short enough to be shown; otherwise ``Object``."""
    parts = name.split(".")
    good = all(part.isidentifier() or part == "<locals>" for part in parts)
    return name if good and len(name) <= 100 and not keyword.iskeyword(name) else "Object"


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


def _text(answer: object) -> str:
    if type(answer) is not str:
        raise TypeError("text was expected")
    return answer


def _signature(answer: Any) -> inspect.Signature:
    parameters = []
    for name, kind, has_default, default in answer:
        parameters.append(inspect.Parameter(name, kind, default=default if has_default else inspect.Parameter.empty))
    return inspect.Signature(parameters)
