"""Styles that change the page around them, or load something."""

from .case import Case

CASES = [
    Case(
        "style-page",
        "<style>:root{--@NAME@:1}</style>",
        probe="getComputedStyle(document.documentElement).getPropertyValue('--@NAME@').trim()==='1'",
    ),
    Case("style-import", "<style>@import '@URL@';</style>"),
    Case("style-background", "<style>body{background-image:url(@URL@)}</style>"),
    Case("style-attribute", "<p style=\"background-image:url('@URL@')\">Work</p>"),
    Case("style-cursor", "<p style=\"content:url('@URL@');list-style-image:url('@URL@')\">Work</p>", plain=True),
    Case("style-font", "<style>@font-face{font-family:q;src:url(@URL@)}</style><p style='font-family:q'>Work</p>"),
    Case(
        "style-overlay",
        "<div class='@NAME@' style='position:fixed;inset:0;z-index:2147483647;background:white'>Log in again</div>",
        probe="[...document.querySelectorAll('*')].some(e=>e.textContent==='Log in again'"
        "&&getComputedStyle(e).position==='fixed')",
    ),
    Case(
        "style-spy",
        "<style>input[value^='a']{background:url(@URL@)}input{background:url(@URL@)}</style><input value=abc>",
    ),
]
