"""A server starts without the Hub's database, and whoever wants it still gets it."""

from __future__ import annotations

import subprocess
import sys

STARTED = """
import sys
from doorstart_lab.singleuser import NAMES, stand_ins
with stand_ins():
    import jupyterlab.labapp
    from jupyterhub.singleuser import main
loaded = {name.partition(".")[0] for name in sys.modules}
"""


def run(code: str) -> str:
    """What a fresh Python prints that has imported the server."""
    done = subprocess.run([sys.executable, "-c", STARTED + code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_only_a_hub_needs_is_not_imported() -> None:
    assert run("print(sorted(loaded & {'alembic', 'requests', 'sqlalchemy'}), 'jupyterhub.orm' in sys.modules)") == (
        "[] False"
    )


def test_the_server_without_stand_ins_would_import_it() -> None:
    code = "import jupyterlab.labapp, jupyterhub.singleuser, sys; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "True", "JupyterHub needs no stand-ins any more: take them away"


def test_who_imports_it_afterwards_gets_the_real_one() -> None:
    assert (
        run("import sqlalchemy, sqlalchemy.orm; print(sqlalchemy.orm.Session.__module__)") == "sqlalchemy.orm.session"
    )
    assert run("import jupyterhub.orm, jupyterhub.roles; print(jupyterhub.orm.User.__tablename__)") == "users"
    assert run("import requests; print(requests.Session.__name__)") == "Session"


def test_a_stand_in_that_is_asked_for_more_gives_the_real_thing() -> None:
    assert run("from jupyterhub import scopes; print(scopes.orm.User.__tablename__, scopes.sa.select.__module__)") == (
        "users sqlalchemy.sql._selectable_constructors"
    )


def test_nbgrader_comes_with_all_that_it_needs() -> None:
    assert run("import nbgrader.api; print(nbgrader.api.Gradebook.__name__)") == "Gradebook"
