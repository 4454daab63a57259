"""Names of somebody who means harm, and a run with one of them in every text that its author, its machine or its maker
could choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

NAMES = {
    "tags": "<script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>",
    "attribute": "\" onmouseover=\"alert(1)\" x='y' onfocus='alert(2)' autofocus",
    "end of script": "</script><script>alert(1)</script><!--<script>",
    "end of style": "</style></title></textarea></svg><base href=//evil.example>",
    "script in JSON": '"},"x":"</script>\\u003cscript>alert(1)//',
    "address": "javascript:alert(1) data:text/html,<script>alert(1)</script>",
    "link": "[x](javascript:alert(1)) ![y](https://evil.example/y.png) <https://evil.example>",
    "reference": "[x]: https://evil.example\n\n# heading\n\n- item\n\n```\nfence",
    "cells": "a | b || c \\| d | @everyone #1 !1 $1",
    "bare addresses": "www.evil.example (WWW.evil.example _www.evil.example ftp://evil.example GH-1 evil/repo#1 $x$",
    "code": "`rm -rf ~` ``` ~~~ $(touch pwned) ; touch pwned & %TEMP%",
    "escape": "\x1b[2J\x1b[31mred\x1b[0m\x1b]0;title\x07\x1b[1A\x1b[2K",
    "OSC": "\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\\x1b]52;c;cHduZWQ=\x07",
    "C1": "\x9b31mred\x9d0;title\x9c\x90q\x85next",
    "bidi": "safe\u202egnp.exe\u2066\u2067\u2069\u200f",
    "zero width": "a\u200bb\u200cc\u200dd\ufeffe\u00adf\u2060g\u180eh",
    "separators": "one\u2028two\u2029three\x0bfour\x0cfive\x85six",
    "carriage return": "shown\rhidden\r\nnext\x08\x08",
    "NUL": "before\x00after",
    "template": "{{ 7*7 }}{% raw %}{# #}${7*7}#{7*7}<%= 7*7 %>{{ claim('x') }}",
    "workflow": "::error title=x::y",
    "workflow, old": "##[add-mask]x ##[set-output name=a]b",
    "expression": "${{ secrets.TOKEN }}",
    "formula": "=cmd|'/c calc'!A1",
    "formula plus": "+1+cmd|'/c calc'!A1",
    "formula minus": "-2+3+cmd|'/c calc'!A1",
    "formula at": "@SUM(1+1)*cmd|'/c calc'!A1",
    "formula tab": "\t=1+1",
    "formula return": "\r=1+1",
    "formula wide": "＝1+1",
    "formula behind semicolon": 'a;=1+1;"-2+3; @SUM(1)',
    "quotes": 'a"b\'c""d,e;f\tg',
    "formula of TeX": "$\\href{javascript:alert(1)}{x}$ \\input{/etc/passwd} \\def\\x{\\x\\x}\\x",
    "entity": '&lt;b&gt; &#x3c;script&#x3e; <!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e; ]]>',
    "way up": "../../../../tmp/pwned",
    "root": "/etc/passwd",
    "device": "CON",
    "dot": ".hidden",
    "dash": "--help",
    "homoglyph": "ех10 раураl",
    "rich": "[bold red]x[/] [link=https://evil.example]y[/link] :smile:",
    "long": "long" * 5_000,
}
KEPT = frozenset(
    """schema created kind scale relation profile device devices outcome path data dtype part exercise id reference
    meter sha256 commit checkpoints floor work""".split()  # noqa: SIM905
)
"""Fields whose words are ours, or that other fields refer to."""


def poisoned(value: Any, poison: str) -> Any:
    """The same with the poison in place of every text, numbered where two must not be one."""
    return _Poisoner(poison).of(value)


class _Poisoner:
    def __init__(self, poison: str) -> None:
        self.poison, self.names = poison, dict[str, str]()

    def named(self, text: str) -> str:
        """One text for each: what belongs together stays together."""
        return self.names.setdefault(text, f"{self.poison}{len(self.names) or ''}")

    def of(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.named(value) if value else value
        if isinstance(value, tuple | list):
            return type(value)(map(self.of, value))
        if isinstance(value, Mapping):
            return {name: self.of(item) for name, item in value.items()}
        if is_dataclass(value):
            changed = {f.name: self.of(getattr(value, f.name)) for f in fields(value) if f.init and f.name not in KEPT}
            return replace(value, **changed)
        return value
