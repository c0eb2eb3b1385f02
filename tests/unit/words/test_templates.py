"""Fixed text in templates is replaced; nothing that is filled in is."""

from __future__ import annotations

from pathlib import Path

import nbgrader
from jinja2 import DictLoader, Environment, FileSystemLoader

from doorstart_page_policy.templates import mark_scripts
from doorstart_words.templates import fixed, translate, translated

TEMPLATES = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"


def test_a_sentence_is_what_stands_between_two_blocks() -> None:
    source = """<ol><li>To <b>create</b> one,
      click "Add".</li><li><a href="{{ base }}/x">Students</a></li></ol>
      <p title="{{ n }} remaining">Number {{ a | f }} of {{ b }}</p><p>{{ name }}</p><th></th>
      <input placeholder="Type here">{% if a %}Windows{% endif %}<pre>nbgrader autograde</pre><!-- not said -->"""
    assert fixed(source) == [
        'To <b>create</b> one, click "Add".',
        "Students",
        "{0} remaining",
        "Number {0} of {1}",
        "Type here",
        "Windows",
    ]


def test_a_link_inside_of_a_sentence_belongs_to_it() -> None:
    assert fixed('<p>See <a href="{{ b }}/t">there</a>:</p><ul><a class="x">One</a> <a>Two</a></ul>') == [
        'See <a href="{0}/t">there</a>:',
        "One",
        "Two",
    ]


def test_values_and_scripts_keep_their_places() -> None:
    words = {"Number {0} of {1}": "{1} hat Nummer {0}", "Show name": 'Zeig "N"'}
    source = '<p> Number {{ a }} of {{ b }} </p><script>x({title: "Show name", y: "hover"})</script>'
    done = translated(source, lambda text: words.get(text, text), "de")
    assert done == '<p> {{ b }} hat Nummer {{ a }} </p><script>x({title: "Zeig \\"N\\"", y: "hover"})</script>'


def test_a_page_says_its_language_once() -> None:
    assert translated("<!doctype html>\n<head>", str, "nl").startswith('<!doctype html>\n<html lang="nl">\n<head>')
    assert translated("<!DOCTYPE html>\n<html>\n", str, "nl") == '<!DOCTYPE html>\n<html lang="nl">\n'


def test_what_a_learner_wrote_is_not_changed() -> None:
    environment = Environment(loader=FileSystemLoader([TEMPLATES]))  # noqa: S701  # as nbgrader makes it
    translate(environment, "nl")
    mark_scripts(environment)
    page = environment.get_template("gradebook_notebooks.tpl").render(base_url="/x", assignment_id="Manual Grading")
    assert '<html lang="nl">' in page
    assert '<li class="active">Manual Grading</li>' in page, "the name of an assignment"
    assert '<a href="/x/formgrader/gradebook">Zelf verbeteren</a>' in page
    assert "Loading, please wait" not in page
    assert "<script nonce=" in page


def test_templates_of_others_stay() -> None:
    environment = Environment(loader=DictLoader({"page": "<p>Students</p>"}), autoescape=True)
    translate(environment, "nl")
    assert environment.get_template("page").render() == "<p>Students</p>"
