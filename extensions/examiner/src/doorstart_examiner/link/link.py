"""Questions and answers between the two sides.

Messages alternate strictly: whoever has sent one waits for one. What arrives while a side waits for its answer may be a
question too, because the learner's code calls a function of the test, for instance; it is answered, and the waiting
goes on. So both sides nest in the same way, and no thread is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from doorstart_examiner.link import standins
from doorstart_examiner.link.errors import BadMessage, CannotCross
from doorstart_examiner.link.folder import Folder
from doorstart_examiner.link.mirror import Mirror, Side
from doorstart_examiner.link.operations import Describer, perform
from doorstart_examiner.link.standins import StandIns, new_error, number_of
from doorstart_examiner.said import said

MOST_NESTED = 40
"""Questions inside questions: a function of the test that calls a learner's function that calls one of the test, …"""
_ANSWERS = frozenset({"value", "raise", "refused"})


class Link:
    """One side's end.

    Args:
        exchange: sends a message and waits for the next one. What it raises goes up to whoever asked.
        folder: this side's working folder.
    """

    first = 0
    prunes = False

    def __init__(self, exchange: Callable[[bytes], bytes], folder: Folder) -> None:
        self._exchange = exchange
        self.folder = folder
        self.stand_ins = StandIns(self.question, self.local())
        self.describer = Describer(lambda value: self.mirror.number_of(value), self.is_learners)
        self.mirror = Mirror(
            self.first,
            Side(
                describe=self.describe,
                classes=self.describer.classes,
                learn=self.stand_ins.learn,
                stand_in=self.stand_ins.make,
                attach=self.stand_ins.attach,
                known=self.known,
                global_name=self.global_name,
                foreign_number=number_of,
            ),
        )
        self.reading = False
        """Whether a message is being taken apart: nothing can be asked meanwhile."""
        self._nested = 0
        self._files: dict[str, bytes | None] = {}
        self._forget: list[int] = []
        """Numbers of the other side's objects that this side needs no more, until a message has told it."""

    # For the sides to decide

    def question(self, operation: str, /, *parts: object) -> Any:
        """What a stand-in asks."""
        return self.ask(operation, *parts)

    def local(self) -> Callable[[str], Callable[..., Any]] | None:
        """How operators of subclasses of plain types are answered on this side; None if they are not."""
        return None

    def describe(self, value: object, number: int) -> tuple[list[Any], tuple[Any, ...]]:
        """See :class:`.mirror.Mirror`."""
        return self.describer.describe(value, number)

    def known(self, module: str, name: str) -> object:
        """See :class:`.mirror.Mirror`."""
        raise NotImplementedError

    def global_name(self, value: object) -> tuple[str, str] | None:
        """See :class:`.mirror.Mirror`."""
        raise NotImplementedError

    def is_learners(self, module: str) -> bool:
        """Whether a module's classes are the learner's."""
        raise NotImplementedError

    def perform(self, operation: str, parts: list[Any]) -> Any:
        """Do what the other side asks for."""
        return perform(operation, parts)

    def files_left_out(self, why: str) -> None:
        """Not all files that were written can go along."""

    def goes_along(self) -> dict[str, Any]:
        """What goes with every message, besides files."""
        return {}

    def came_along(self, extra: dict[str, Any]) -> None:
        """Take what came with a message, besides files.

        Raises:
            BadMessage: it is not what it should be.
        """

    # Asking

    def ask(self, operation: str, *parts: object) -> Any:
        """Ask the other side.

        Raises:
            Exception: what was raised there, or an answer that cannot come.
            RecursionError: too many questions inside questions.
        """
        if self.reading:
            raise BadMessage("a question while a message is read")
        if self._nested >= MOST_NESTED:
            raise RecursionError(said("the test and the learner's code call each other too deeply"))
        self._nested += 1
        try:
            data = self.send((operation, *parts))
            while True:
                head = self.receive(self._exchange(data))
                if head[0] in _ANSWERS:
                    return self._result(head)
                data = self.serve(head)
        finally:
            self._nested -= 1

    def _result(self, head: list[Any]) -> Any:
        match head:
            case ["value", value]:
                return value
            case ["refused", str(text)]:
                raise CannotCross(text[:300])
            case ["raise", BaseException() as error, arguments, notes]:
                self._raise(error, arguments, notes)
        raise BadMessage("not an answer")

    def _raise(self, error: BaseException, arguments: Any, notes: Any) -> NoReturn:
        number = number_of(error)
        if number is None or arguments is None:
            raise error
        if type(arguments) is not tuple:
            raise BadMessage("not the arguments of an exception")
        made = new_error(type(error), arguments)
        made.__dict__.update(error.__dict__)
        if type(notes) is tuple and all(type(note) is str for note in notes):
            made.__notes__ = [note[:1000] for note in notes[:5]]
        raise made

    # Answering

    def serve(self, head: list[Any]) -> bytes:
        """The answer to what the other side asks."""
        try:
            operation, *parts = head
            if type(operation) is not str:
                raise BadMessage("not a question")
            answer: tuple[object, ...] = ("value", self.perform(operation, parts))
        except BadMessage:
            raise
        except BaseException as error:
            answer = self.raised(error)
        return self.reply(answer)

    def raised(self, error: BaseException) -> tuple[object, ...]:
        """The answer that something was raised."""
        if isinstance(error, CannotCross):
            return ("refused", str(error)[:300])
        if number_of(error) is None:
            error.__traceback__ = error.__context__ = None  # Whatever they hold would live as long as this does.
        notes = getattr(error, "__notes__", None)
        arguments = error.args
        if isinstance(error, OSError) and error.filename is not None and len(arguments) == 2:
            arguments = (*arguments, error.filename)
        return ("raise", error, arguments, tuple(map(str, notes)) if notes else None)

    def reply(self, answer: tuple[object, ...]) -> bytes:
        """An answer as a message; if it cannot cross, the answer that says so."""
        try:
            return self.send(answer)
        except Exception as first:
            error = first
            if answer[0] == "raise":
                try:
                    return self.send((*answer[:2], None, None))
                except Exception as second:
                    error = second
            return self._send_alone(("refused", str(error)[:300]))

    # Messages

    def send(self, head: tuple[object, ...]) -> bytes:
        """A message with all that goes along.

        Raises:
            CannotCross: something in it cannot.
        """
        self._files.update(self.folder.changes())
        if self.folder.left_out:
            why, self.folder.left_out = self.folder.left_out, None
            self.files_left_out(why)
        extra = self.goes_along()
        if self._files:
            extra["files"] = dict(self._files)
        self._forget += self.stand_ins.gone()
        if self.prunes:
            self._forget += self.mirror.unused()
        data = self.mirror.pack(head, extra, self._forget)
        self._files.clear()
        self._forget.clear()
        return data

    def _send_alone(self, head: tuple[object, ...]) -> bytes:
        data = self.mirror.pack_alone(head, self.goes_along(), self._forget)
        self._forget.clear()
        return data

    def receive(self, data: bytes) -> list[Any]:
        """What a message says; what came along is dealt with.

        Raises:
            BadMessage: it is not one.
        """
        self.reading = True
        try:
            head, extra = self.mirror.unpack(data)
        finally:
            self.reading = False
        if not head or type(head[0]) is not str:
            raise BadMessage("a message that says nothing")
        if "files" in extra:
            why = self.folder.take(extra["files"])
            if why is not None:
                extra["left_out"] = why
        self.came_along(extra)
        return head


def stand_in(value: object) -> bool:
    """Whether this stands for an object of the other side that is no exception."""
    return isinstance(type(value), standins.StandInClass) and not isinstance(value, BaseException)
