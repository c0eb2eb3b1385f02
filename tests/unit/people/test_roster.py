"""Reading roster files as spreadsheet programs write them, and what is said about wrong lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstart.people.roster import LANGUAGES, Problem, RosterError, Row, check, read

HEADER = "username,display name,language,role,courses\n"
ANN = Row("ann", "Ann Çelik", "nl", "learner", ("accounting.nl", "programming.nl"), line=2)
ANN_LINE = "ann,Ann Çelik,nl,learner,accounting.nl programming.nl\n"


def problems(text: str, known: set[str] | None = None) -> list[str]:
    """What is said about a file with the usual header and these lines."""
    with pytest.raises(RosterError) as caught:
        read((HEADER + text).encode(), known)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "data",
    [
        (HEADER + ANN_LINE).encode(),
        (HEADER + ANN_LINE).encode("utf-8-sig"),
        (HEADER + ANN_LINE).encode("windows-1252"),
        (HEADER + ANN_LINE).encode("utf-16"),
        (HEADER + ANN_LINE).replace("\n", "\r\n").encode(),
        (HEADER + ANN_LINE).replace("\n", "\r").encode(),
        (HEADER + ANN_LINE).rstrip("\n").encode(),
        (HEADER + ANN_LINE).replace(",", ";").encode(),
        (HEADER + ANN_LINE).replace(",", "\t").encode(),
        (HEADER + ANN_LINE).replace("\n", ",,,\n").encode(),
        (HEADER + ANN_LINE + "\n,,,,\n  \n").encode(),
        (HEADER + 'ann," Ann Çelik ",NL,Learner,"accounting.nl;programming.nl accounting.nl"\n').encode(),
        "ROLE;Courses;Username;Language;Name;remark\n"
        "cursist;accounting.nl programming.nl;ann;Nederlands;Ann Çelik;x\n".encode(),
        "gebruikersnaam;naam;taal;rol;cursussen\nann;Ann Çelik;nl;leerling;accounting.nl, programming.nl\n".encode(),
        "Nom d'utilisateur;Nom;Langue;Rôle;Cours\n"
        "ann;Ann Çelik;néerlandais;élève;accounting.nl programming.nl\n".encode(),
        "Benutzername;Anzeigename;Sprache;Rolle;Kurse\n"
        "ann;Ann Çelik;nl;Lernende;accounting.nl programming.nl\n".encode(),
        # A combining cedilla, as some programs write it, is the same name.
        (HEADER + ANN_LINE.replace("Ç", "C\u0327")).encode(),
    ],
)
def test_the_same_person_from_every_kind_of_file(data):
    assert read(data, {"accounting.nl", "programming.nl"}) == [ANN]


def test_a_first_line_that_names_the_separator_counts_as_a_line():
    (row,) = read(("sep=;\n" + (HEADER + ANN_LINE).replace(",", ";")).encode())
    assert row.line == 3


def test_lines_are_counted_in_the_file_blank_ones_and_line_breaks_included():
    text = '\nann,"Ann\nÇelik",nl,learner,accounting.nl\n\nben,Ben,nl,boss,accounting.nl\n'
    assert [problem.split(":")[0] for problem in problems(text)] == ["line 3", "line 6"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",A,nl,learner,a.nl", "the username is empty"),
        ("Ann,A,nl,learner,a.nl", "write 'ann', in lower case"),
        ("ann!,A,nl,learner,a.nl", "cannot be a username"),
        ("a" * 33 + ",A,nl,learner,a.nl", "1 to 32 of"),
        ("ann\n", "the display name is empty"),
        ("ann,,nl,learner,a.nl", "the display name is empty"),
        ("ann," + "A" * 101 + ",nl,learner,a.nl", "longer than 100"),
        ('ann,"A\nB",nl,learner,a.nl', "invisible character"),
        ("ann,A\x07,nl,learner,a.nl", "invisible character"),
        ("ann,A\u202eB,nl,learner,a.nl", "invisible character"),
        ("ann,A\u2028B,nl,learner,a.nl", "invisible character"),
        ("ann,<b>A</b>,nl,learner,a.nl", "markup"),
        ("ann,A&lt;B,nl,learner,a.nl", "markup"),
        ("ann,=1+1,nl,learner,a.nl", "formula"),
        ("ann,A,xx,learner,a.nl", "'xx' is not a language"),
        ("ann,A,,learner,a.nl", "is not a language"),
        ("ann,A,nl,boss,a.nl", "'boss' is not a role"),
        ("ann,A,nl,learner,a.xx", "'a.xx' is not a course id"),
        ("ann,A,nl,learner,../a", "is not a course id"),
        ("ann,A,nl,learner,", "learner needs at least one course"),
        ("ann,A,nl,instructor,", "instructor needs at least one course"),
        ("ann,A,nl,learner,a.nl,more", "more fields than the first line"),
        ('ann,"A,nl,learner,a.nl', "double quote"),
        ('ann,"A"B,nl,learner,a.nl', "double quote"),
    ],
)
def test_a_wrong_line_is_reported_with_its_number_and_reason(line, reason):
    found = problems("ok,Ok,nl,learner,a.nl\n" + line)
    assert found[0].startswith("line 3: ")
    assert any(reason in problem for problem in found), found


@pytest.mark.parametrize("name", ["Zoë O'Neill", "Jan & Piet", "Nguyễn Văn A", "محمد علی‌زاده", "李小龍", "van 't Hof"])
def test_names_of_all_kinds_of_people_are_right(name):
    assert read((HEADER + f'x,"{name}",nl,learner,a.nl\n').encode())[0].display_name == name


def test_every_wrong_line_is_reported_at_once():
    assert len(problems("a,,nl,learner,a.nl\nb,B,xx,boss,a.nl\nc,C,nl,learner,a.nl\n")) == 3


def test_an_unknown_course_is_reported_with_those_that_are_there():
    (problem,) = problems("ann,A,nl,learner,a.nl b.nl", {"a.nl", "c.nl"})
    assert problem == "line 2: there is no course 'b.nl' on this site; its courses are: a.nl, c.nl"


def test_an_admin_needs_no_course():
    assert read((HEADER + "root,Root,en,admin,\n").encode())[0].courses == ()


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ("ann,B,nl,learner,b.nl", "line 3: 'ann' is already on line 2"),
        ("ANN,B,nl,learner,b.nl", "line 3: 'ANN' and 'ann' on line 2 differ only in upper and lower case"),
        ("ann,B,nl,instructor,b.nl", "line 3: 'ann' is already on line 2"),
        ("ann,B,nl,instructor,a.nl", "line 3: 'ann' is on line 2 as learner of a.nl and here as instructor"),
    ],
)
def test_nobody_is_there_twice(second, reason):
    assert any(problem.startswith(reason) for problem in problems("ann,A,nl,learner,a.nl\n" + second))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file is empty"),
        (b"\n\n", "The file is empty"),
        (HEADER.encode(), "nobody below it"),
        (b"PK\x03\x04rest", "This is a workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not a text file"),
        (b"x" * (4 * 1024 * 1024 + 1), "larger than 4 MiB"),
        (b"username,name,language\n", "no column role and no column courses; it has: username, name, language"),
        (b"username,user,name,language,role,courses\n", "the column username is there twice"),
    ],
)
def test_a_file_that_is_no_roster(data, reason):
    with pytest.raises(RosterError, match=reason):
        read(data)


def test_rows_that_come_from_elsewhere_are_checked_the_same_way():
    assert check([ANN]) == []
    assert check([Row("ann", "Ann", "nl", "boss", ())])[0] == Problem(
        0, "'boss' is not a role: write learner, instructor, admin"
    )


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: (HEADER + text).encode("utf-8", "replace")))
def test_whatever_the_file_holds_the_answer_is_right_rows_or_problems(data):
    try:
        rows = read(data)
    except RosterError as error:
        assert error.problems and all(problem.reason for problem in error.problems)
    else:
        assert rows and check(rows) == []
        assert all(row.language in LANGUAGES and row.line > 1 for row in rows)
