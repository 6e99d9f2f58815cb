"""Templates in JavaScript, which Vue compiles only in the browser: one that is wrong leaves the whole page blank."""

import re
from pathlib import Path

import dashboard

EXPRESSION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
BROKEN = re.compile(r"""^[^"']*(?:"[^"\n]*"[^"']*|'[^'\n]*'[^"']*)*["'][^"'\n]*\n""")


def broken(source: str) -> list[str]:
    """Expressions in which a text goes on in the next line, as formatters break it."""
    return [found for found in EXPRESSION.findall(source.partition("template:")[2]) if BROKEN.match(found)]


def test_no_text_in_an_expression_is_broken_across_lines() -> None:
    assert broken('template: `{{ one ? "a" : "b\n c" }}`')
    assert not broken('template: `{{ one\n ? "a" : "c" }} {{ two }}`')

    root = Path(dashboard.__file__).parent
    found = {str(file.relative_to(root)): broken(file.read_text()) for file in root.rglob("*.js")}

    assert {name: texts for name, texts in found.items() if texts} == {}
