r"""Formulas whose commands link, style or name something (MathJax's html, texhtml and require extensions)."""

from .case import Case


def formula(name: str, tex: str, probe: str = "") -> Case:
    """A formula, in a text and as an output of the kind text/latex."""
    return Case(name, f"$${tex}$$", kind="formula", mime="text/latex", plain=False, probe=probe)


CASES = [
    formula("math-href-script", r"\require{html}\href{javascript:@ACT@}{points}"),
    formula("math-href", r"\require{html}\href{@URL@}{points}"),
    formula(
        "math-style",
        r"\require{html}\style{position:fixed;inset:0;background:url(@URL@)}{Score: 19}",
        probe="[...document.querySelectorAll('mjx-container *')].some(e=>getComputedStyle(e).position==='fixed')",
    ),
    formula("math-class", r"\require{html}\class{@NAME@}{x}", probe="document.querySelector('.@NAME@')!==null"),
    formula("math-id", r"\require{html}\cssId{@NAME@}{x}", probe="document.getElementById('@NAME@')!==null"),
    formula("math-attribute", r"\mmlToken{mi}[onclick=@ACT@ style=position:fixed]{x}"),
    formula("math-html", r"\require{texhtml}<tex-html><img src='@URL@' onerror='@ACT@'></tex-html>"),
    formula("math-loads", r"\require{[@URL@]html}\require{../../@URL@}x"),
    formula("math-unicode", r"\unicode[serif;background:url(@URL@)]{x3c}\unicode{60}script\unicode{62}"),
    formula("math-endless", r"\def\a{\a\a}\a " + "{" * 500),
]
