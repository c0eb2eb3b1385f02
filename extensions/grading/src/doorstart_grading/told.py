"""What the sandbox and the examiner say, in another language. They say it in English: they do not know the course.

Only whole texts of a closed set are recognised, and in them only values of their kind. A learner's code can make such a
text too, and gains nothing by it: what comes out is text as before, to be escaped where it is shown.

A test holds the set against the sources of ``doorstart_examiner``, ``doorstart_sandbox_kernel`` and the Hub's sandbox.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from doorstart_grading.translation import N_, Words

SENTENCES: Final = (
    # Why the learner's code could not go on, or a cell was not run.
    N_("The learner's code used more than %(megabytes)s MB of memory."),
    N_("The learner's code ran longer than %(seconds)s seconds in this cell."),
    N_("The notebook ran longer than %(seconds)s seconds."),
    N_("The learner's code used more than %(seconds)s seconds of processor time."),
    N_("The learner's code gave back more data than is taken."),
    N_("The learner's code ended the kernel's program."),
    N_("The cell disturbed the kernel's program, which had to be ended."),
    N_("The cell's output was longer than is kept, and was cut."),
    N_("Not run: the learner's code had ended %(n)s kernels before. %(why)s"),
    N_("Not run: %(why)s"),
    N_("The learner's code gave back something that cannot be checked. Its program was ended."),
    N_("The learner's code gave an answer that no check can use, so it was stopped."),
    N_(
        "The learner's code gave an answer that no check can use, so it was stopped and this check is not passed. "
        "Read the code, and if nothing in it tampers with Python or the grading, give the points by hand. "
        "For the course's author: %(why)s."
    ),
    N_("This cell asks for input, and nobody is there to answer. Give the value in the code, or call it from a test."),
    N_("nobody is there to answer"),
    N_("(its text cannot be shown)"),
    # Of a check.
    N_("The time for this check was over."),
    N_("The test took longer than %(seconds)s seconds."),
    N_("The test did not end within %(seconds)s seconds."),
    N_("The test asked more of the learner's code than is allowed in one test."),
    N_("The test and the learner's code exchanged more data than is allowed."),
    N_("the test and the learner's code call each other too deeply"),
    N_("A function of a test can only be called while the test runs, and in its thread."),
    N_("This test cell is not plain Python: %(why)s"),
    N_("a test cannot import * from %(module)s, which lies beside the notebook: name what it needs"),
    N_("The learner's code changed files that came with the assignment: %(names)s."),
    N_("Not all files of the learner's code are here: %(why)s."),
    N_(
        "The learner's code gave an object of the class %(kind)s where the check needs plain data. Objects are not "
        "believed; if the check is meant for this class, name the class in the test."
    ),
    N_(
        "A test cannot make a subclass of %(kind)s, which is the learner's. Put the subclass into a cell of the "
        "notebook, before the test, and use it by its name."
    ),
    N_("an object of the class %(kind)s cannot be searched for plain data"),
    N_("an object of the class %(kind)s is neither true nor false here"),
    N_("an object of the class %(kind)s is not a number"),
    N_("a %(kind)s of the learner's code cannot be pickled"),
    N_("this cannot be done with an object of a test"),
    N_("What the test needs cannot go between it and the learner's code."),
    N_("What the test needs cannot go between it and the learner's code: %(why)s."),
    # What cannot go.
    N_("nothing is asked while a report is written"),
    N_(
        "a test cannot pass an object of the class %(kind)s (%(module)s) to the learner's code: only plain data, "
        "functions, files in memory and objects of classes that the test defines"
    ),
    N_("it is too deep"),
    N_("the value is too deep or too large"),
    N_("the message is too deep or too large"),
    N_("there is no form for a %(kind)s"),
    N_("a %(kind)s that contains itself"),
    N_("a str of more than %(n)s characters"),
    N_("an int of more than %(n)s bits"),
    N_("a Decimal of more than %(n)s characters"),
    N_("more than %(n)s values"),
    N_("more than %(n)s bytes"),
    N_("more than %(n)s containers inside each other"),
    N_("more than %(n)s lists, dicts and the like at once"),
    N_("more than %(n)s objects at once"),
    N_("more than %(n)s items, one after the other"),
    N_("more than %(n)s files, or %(megabytes)s MB, were written at once"),
    N_("more than %(n)s files and folders are in the working folder"),
    # Why a notebook was not graded.
    N_(
        "What grading needs did not start, or ended. Try again in a minute, then ask the admin: the sandbox's log says "
        "more."
    ),
    N_("All %(n)s notebooks that may be graded at once on this site are being graded. Wait for one to end."),
    N_("The sandbox is being stopped. Try again in a minute."),
    N_("The container engine does not answer as it should. Try again in a minute, then ask the admin."),
    N_("No image for kernels has been promoted on this site. Ask the admin to promote one."),
    N_("Only a person's server may start kernels, and this token was made for something else."),
    N_("%(name)s is not an instructor of any course, so no kernel is started in the sandbox."),
    N_("The folder's files are larger than %(megabytes)s MB. Move what is not needed."),
    N_("The folder's files are larger than %(megabytes)s MB together. Move what is not needed elsewhere."),
    N_("The folder holds more than %(n)s files. Move what is not needed elsewhere."),
    N_("%(file)s is not in the notebook's folder."),
    N_("%(file)s is neither a file nor a folder. Replace it by a copy."),
    N_("The request does not begin with a job.json of at most %(megabytes)s MB."),
    N_("The request could not be read: %(why)s"),
    N_("The request is not in the form that the sandbox expects: %(why)s."),
    N_("The job is not in the form that the sandbox expects: %(why)s"),
    N_(
        "The sandbox, in which notebooks run, does not answer. Try again in a minute; if it stays so, ask the admin to "
        "look at the sandbox service. (%(text)s)"
    ),
    N_("The sandbox gave an unexpected answer (status %(n)s). Ask the admin to look at its log."),
    N_("The sandbox gave an answer that is too long to be one."),
)
"""All that they say, in the order in which texts are held against it."""

_NUMBER: Final = r"\d[\d.e+-]{0,29}"
_KINDS: Final = {
    "kind": r"'?[^\W\d][\w.]{0,99}'?",
    "module": r"[^\W\d][\w.]{0,99}",
    "name": r"[^\s]{1,100}",
    "file": r".{1,2000}",
    "names": r".{1,2000}",
    "text": r".{1,2000}",
    "why": r".{1,2000}",
}
"""What a value of this name may be; all others are numbers. ``why`` is a sentence of the set, or technical."""
_VALUE: Final = re.compile(r"%\((\w+)\)s")
_DEEPEST: Final = 3
_LONGEST: Final = 5000
"""Characters in which sentences are looked for one after the other: the work grows with their square."""


def said(text: str, words: Words, depth: int = 0) -> str:
    """A text of the sandbox or the examiner; any other text as it is.

    Args:
        text: as it came.
        words: of the language.
        depth: how many sentences this one is inside of.
    """
    if depth < _DEEPEST:
        for english, form in _forms():
            if found := form.fullmatch(text):
                values = found.groupdict()
                if "why" in values:
                    values["why"] = said(values["why"], words, depth + 1)
                return words.gettext(english, **values)
    return text


def all_said(text: str, words: Words) -> str:
    """As :func:`said`, for a text that ends in sentences of the set, one after the other: the instructor's."""
    whole = said(text, words)
    if whole != text or len(text) > _LONGEST:
        return whole
    for start in (found.end() for found in re.finditer(r"\s", text)):
        last = said(text[start:], words)
        if last != text[start:]:
            return all_said(text[:start].rstrip(), words) + " " + last
    return text


@cache
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((english, _form(english)) for english in SENTENCES)


def _form(english: str) -> re.Pattern[str]:
    """What matches the sentence with any values."""
    literal, *rest = _VALUE.split(english)
    form = re.escape(literal)
    for name, after in zip(rest[::2], rest[1::2], strict=True):
        form += f"(?P<{name}>{_KINDS.get(name, _NUMBER)}){re.escape(after)}"
    return re.compile(form, re.DOTALL)
