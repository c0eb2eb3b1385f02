"""A learner's desk: what JupyterLab's side panel and bar get from the exchange and from the learner's home."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doorstart_exchange_client.client import ExchangeClientError
from doorstart_exchange_client.wire import VARIANT_FILE
from doorstart_lab.desk import Desk
from doorstart_lab.notice import read_notice
from doorstart_lab.options import page_options

from .running import COURSE, Site, page


def desk(site: Site, home: Path, name: str = "bea") -> Desk:
    token = site.learner(name)
    return Desk(home, lambda _: site.client(token))


def unit(of: Desk, assignment: str = "ps1") -> dict[str, object]:
    (course,) = of.units()["courses"]
    return next(one for one in course["units"] if one["assignment"] == assignment)


def test_a_unit_is_fetched_once_and_work_in_it_is_kept(shared_site: Site, tmp_path: Path) -> None:
    shared_site.release()
    bea = desk(shared_site, tmp_path, "opens")
    assert (unit(bea)["state"], unit(bea)["path"]) == ("new", None)
    assert bea.open(COURSE, "ps1") == {"path": f"{COURSE}/ps1/ps1.ipynb"}
    notebook = tmp_path / COURSE / "ps1" / "ps1.ipynb"
    assert (notebook.parent / "data" / "numbers.csv").is_file()
    assert (notebook.parent / VARIANT_FILE).is_file()
    notebook.write_text("my work")
    assert bea.open(COURSE, "ps1") == {"path": f"{COURSE}/ps1/ps1.ipynb"}
    assert notebook.read_text() == "my work"
    assert (unit(bea)["state"], unit(bea)["path"]) == ("started", f"{COURSE}/ps1/ps1.ipynb")


def test_a_deleted_notebook_comes_back_and_other_files_stay(shared_site: Site, tmp_path: Path) -> None:
    shared_site.release()
    bea = desk(shared_site, tmp_path, "deletes")
    notebook = tmp_path / bea.open(COURSE, "ps1")["path"]
    notebook.unlink()
    (notebook.parent / "data" / "numbers.csv").write_text("mine")
    bea.open(COURSE, "ps1")
    assert notebook.is_file()
    assert (notebook.parent / "data" / "numbers.csv").read_text() == "mine"


def test_what_is_sent_is_shown_then_sent_and_the_receipt_is_kept(shared_site: Site, tmp_path: Path) -> None:
    shared_site.release()
    bea = desk(shared_site, tmp_path, "sends")
    folder = (tmp_path / bea.open(COURSE, "ps1")["path"]).parent
    (folder / "more.ipynb").write_text("{}")
    (folder / "link.csv").symlink_to("/etc/passwd")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "ps1.ipynb").write_text("old")
    parcel = bea.parcel(COURSE, "ps1")
    assert [file["path"] for file in parcel["files"]] == ["data/numbers.csv", "more.ipynb", "ps1.ipynb", VARIANT_FILE]
    assert (parcel["missing"], parcel["extra"]) == ([], ["more.ipynb"])
    assert "link.csv" in parcel["left_out"][0]
    sent = bea.hand_in(COURSE, "ps1")
    assert sent["created"] is True
    assert sent["receipt"]["id"] in (tmp_path / sent["path"]).read_text()
    assert bea.hand_in(COURSE, "ps1") == {**sent, "created": False}
    assert unit(bea)["state"] == "submitted"


def test_a_receipt_that_cannot_be_written_does_not_look_like_a_failure(shared_site: Site, tmp_path: Path) -> None:
    shared_site.release()
    bea = desk(shared_site, tmp_path, "full")
    bea.open(COURSE, "ps1")
    (tmp_path / "receipts").write_text("in the way")
    sent = bea.hand_in(COURSE, "ps1")
    assert (sent["created"], sent["path"]) == (True, None)


def test_a_renamed_notebook_is_not_handed_in(shared_site: Site, tmp_path: Path) -> None:
    shared_site.release()
    bea = desk(shared_site, tmp_path, "renames")
    notebook = tmp_path / bea.open(COURSE, "ps1")["path"]
    notebook.rename(notebook.with_name("mine.ipynb"))
    assert bea.parcel(COURSE, "ps1")["missing"] == ["ps1.ipynb"]
    with pytest.raises(ExchangeClientError) as refused:
        bea.hand_in(COURSE, "ps1")
    assert refused.value.code == "notebook_missing"
    assert unit(bea)["submissions"] == []


def test_nothing_to_hand_in(shared_site: Site, tmp_path: Path) -> None:
    shared_site.release()
    with pytest.raises(ExchangeClientError) as refused:
        desk(shared_site, tmp_path, "empty").parcel(COURSE, "ps1")
    assert refused.value.code == "not_fetched"


def test_the_latest_feedback_is_shown(shared_site: Site, tmp_path: Path) -> None:
    shared_site.release()
    bea, ann = desk(shared_site, tmp_path, "reads"), shared_site.client(shared_site.instructor())
    notebook = tmp_path / bea.open(COURSE, "ps1")["path"]
    with pytest.raises(ExchangeClientError) as refused:
        bea.feedback(COURSE, "ps1")
    assert refused.value.code == "no_feedback"
    for text, points in (("one", 5), ("two", 6)):
        notebook.write_text(json.dumps({"cells": [text]}))
        receipt = bea.hand_in(COURSE, "ps1")["receipt"]
        ann.release_feedback(receipt["id"], page(f"<p>{text}</p>".encode()), (points, 10))
    shown = bea.feedback(COURSE, "ps1")
    assert shown["pages"] == [{"name": "ps1.html", "html": "<p>two</p>"}]
    assert (shown["receipt"], shown["score"], shown["max_score"]) == (receipt, 6, 10)


@pytest.mark.parametrize("name", ["..", ".", "a/b", "", "/etc", ".hidden", "a" * 65])
def test_names_that_lead_elsewhere_are_refused(shared_site: Site, tmp_path: Path, name: str) -> None:
    bea = desk(shared_site, tmp_path)
    for do in (bea.open, bea.parcel, bea.hand_in, bea.feedback):
        for course, assignment in ((name, "ps1"), (COURSE, name)):
            with pytest.raises(ExchangeClientError) as refused:
                do(course, assignment)
            assert refused.value.code == "bad_name"


def test_notice_of_the_hub(tmp_path: Path) -> None:
    path = tmp_path / "notice.json"
    assert read_notice(path) is None
    path.write_text('{"kind": "ending", "at": "2030-01-01T12:00:00Z", "reason": "lesson", "more": 1}')
    assert read_notice(path) == {"kind": "ending", "at": "2030-01-01T12:00:00Z", "reason": "lesson"}
    for damaged in ("{", "[]", '{"kind": 1}', "x" * 10_000):
        path.write_text(damaged)
        assert read_notice(path) is None


def test_what_the_hub_says_of_a_server_reaches_the_page() -> None:
    said = {"DOORSTART_LANGUAGE": "fr", "DOORSTART_TOOLS": "downloads,shell", "DOORSTART_SIMPLE": "no"}
    assert page_options(said) == {"doorstartLanguage": "fr", "doorstartTools": "downloads", "doorstartSimple": "no"}
    assert page_options({}) == {"doorstartLanguage": "en", "doorstartTools": "", "doorstartSimple": "yes"}
