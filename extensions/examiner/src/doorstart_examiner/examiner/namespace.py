"""What the names in a test cell mean: first what the test cells define, then Python's own, then the learner's."""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import random
import sys
import types
from collections.abc import Mapping, Sequence
from typing import Any

from doorstart_examiner.examiner.objects import is_module
from doorstart_examiner.examiner.proxies import ExaminerLink
from doorstart_examiner.link.standins import label_of
from doorstart_examiner.said import said

_WITH_STATE = frozenset({"matplotlib.pyplot"})
"""Modules that hold what the learner's code made, such as the current figure: those of the learner kernel are meant."""
_ALIASES = {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "mpl": "matplotlib",
    "dt": "datetime",
}
_NOT_IMPORTED = frozenset({"antigravity", "this", "idlelib", "turtle", "turtledemo", "tkinter", "test", "lib2to3"})


class Names(dict[str, Any]):
    """The built-in names of test cells.

    Whatever is neither in the test cells nor here is asked of the learner kernel.
    """

    def __init__(self, link: ExaminerLink, own: Mapping[str, object]) -> None:
        super().__init__(vars(builtins))
        self._link = link
        self._own = dict(own)
        self["__import__"] = self._import

    def __getitem__(self, name: str) -> Any:
        if name == "__import__":
            return self._import
        if name in self._own:
            return self._own[name]
        try:
            # Not from this dict: a test may replace builtins.input and the like.
            return vars(builtins)[name]
        except KeyError:
            return self._learners(name)

    def _learners(self, name: str) -> Any:
        step = self._link.recorder.look(name)
        answer = self._link.ask("name", name)
        if type(answer) is not tuple or len(answer) != 2 or type(answer[0]) is not bool:
            raise KeyError(name)
        found, value = answer
        if not found:
            error = NameError(f"name {name!r} is not defined", name=name)
            self._link.recorder.raised(step, error)
            raise KeyError(name)
        if is_module(value):
            module = self._installed(name, label_of(value))
            if module is not None:
                return module
        self._link.recorder.returned(step, value)
        self._link.named(value, name)
        return value

    def _installed(self, name: str, module: str) -> types.ModuleType | None:
        """The examiner's own module, for the learner's name of it; the name must be the module's, or the usual one."""
        if module in _WITH_STATE or (module.rpartition(".")[2] != name and _ALIASES.get(name) != module):
            return None
        return importlib.import_module(module) if _is_installed(module) else None

    def _import(
        self,
        name: str,
        names: Mapping[str, Any] | None = None,
        local: Mapping[str, Any] | None = None,
        wanted: Sequence[str] = (),
        level: int = 0,
    ) -> Any:
        if name in _WITH_STATE:
            return self._of_learner(name) if wanted else _Facade(name.partition(".")[0], self._link)
        if name == "matplotlib":
            return _Facade(name, self._link)
        if level or _is_installed(name):
            module = builtins.__import__(name, names, local, wanted, level)
            watch_seeds(self._link)
            return module
        if "*" in (wanted or ()):
            raise ImportError(
                said(
                    "a test cannot import * from %(module)s, which lies beside the notebook: name what it needs",
                    module=name,
                )
            )
        return self._of_learner(name if wanted else name.partition(".")[0])

    def _of_learner(self, name: str) -> Any:
        module = self._link.ask("import", name)
        if not is_module(module):
            raise ImportError(f"No module named {name!r}", name=name)
        self._link.named(module, name)
        return module


class _Facade(types.ModuleType):
    """matplotlib, with the learner kernel's ``pyplot``."""

    def __init__(self, name: str, link: ExaminerLink) -> None:
        super().__init__(name)
        vars(self)["_link"] = link

    def __getattr__(self, name: str) -> Any:
        full = f"{self.__name__}.{name}"
        if full in _WITH_STATE:
            module = vars(self)["_link"].ask("import", full)
            vars(self)["_link"].named(module, "plt" if name == "pyplot" else name)
            return module
        return getattr(importlib.import_module(self.__name__), name)


def _is_installed(name: str) -> bool:
    top = name.partition(".")[0]
    if top in _NOT_IMPORTED or not top:
        return False
    if top in sys.modules:
        return top != "__main__"
    try:
        return importlib.util.find_spec(top) is not None
    except (ImportError, ValueError):
        return False


def watch_seeds(link: ExaminerLink) -> None:
    """Let the learner kernel's random numbers follow when a test sets the seed."""
    _watch(random, "random", link)
    numpy = sys.modules.get("numpy")
    # "random" is imported by numpy when it is first used.
    if numpy is not None:
        _watch(numpy.random, "numpy", link)


def seed_all() -> None:
    """Start the examiner's own random numbers anew, as those of the learner kernel do."""
    numpy = sys.modules.get("numpy")
    for module in (random, numpy.random) if numpy is not None else (random,):
        seed: Any = module.seed
        getattr(seed, "_doorstart_real", seed)(0)


def _watch(module: Any, generator: str, link: ExaminerLink) -> None:
    real = module.seed
    if getattr(real, "_doorstart", None) is link:
        return
    real = getattr(real, "_doorstart_real", real)

    def seed(*arguments: Any, **named: Any) -> None:
        real(*arguments, **named)
        link.ask("seed", generator, arguments, named)

    seed._doorstart = link  # type: ignore[attr-defined]
    seed._doorstart_real = real  # type: ignore[attr-defined]
    module.seed = seed
