"""Seeds of learners' own numbers: the same for ever, different for each learner, and of no use to guess another's."""

from __future__ import annotations

from pathlib import Path

from doorstart.exchange.variants import Variants


def test_known_seed(tmp_path: Path) -> None:
    """HMAC-SHA256 as openssl gives it: a change of this formula would change tasks that were handed out."""
    (tmp_path / "variants.key").write_text("00" * 32)
    assert Variants(tmp_path).seed("programming.en", "01-first-steps", "bea") == "153a6baae551e8710f8b8147aff324c3"


def test_language_does_not_matter_and_all_else_does(tmp_path: Path) -> None:
    variants = Variants(tmp_path)
    seed = variants.seed("programming.en", "unit", "bea")
    assert seed == Variants(tmp_path).seed("programming.nl", "unit", "bea")
    others = {
        variants.seed("accounting.en", "unit", "bea"),
        variants.seed("programming.en", "other", "bea"),
        variants.seed("programming.en", "unit", "cem"),
        Variants(_folder(tmp_path / "another-site")).seed("programming.en", "unit", "bea"),
    }
    assert len(others | {seed}) == 5


def test_the_key_is_nobody_elses_to_read(tmp_path: Path) -> None:
    Variants(tmp_path)
    assert (tmp_path / "variants.key").stat().st_mode & 0o777 == 0o600


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
