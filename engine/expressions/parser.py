"""Parses a condition into a tree, and refuses anything that is not allowed, with its place and a suggestion."""

import ast
import keyword
import re
import threading
import warnings
from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from engine.errors import TriggerHooksError
from engine.expressions.grammar import NO_LOOPS, key_of, refusal
from engine.expressions.reaching import CONTEXT, DATA, OWN
from engine.model.text.numbers import read_fraction

MAX_CHARACTERS: Final = 1_000
MAX_NODES: Final = 150
MAX_DEPTH: Final = 20

_SPELLINGS = {"true": True, "false": False, "null": None}
_MANY_DIGITS: Final = 1e15
_PARSING = threading.Lock()  # warnings are filtered for the whole process


class ConditionError(TriggerHooksError):
    """What is wrong with a condition and how to fix it. `column` counts from 1; None if no single place is at fault."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.column = column


def parse(source: str) -> ast.expr:
    """The tree of a valid condition. Raises ConditionError for any other."""
    if len(source) > MAX_CHARACTERS:
        raise ConditionError(f"This is too long: {len(source)} characters, where {MAX_CHARACTERS} are allowed.")
    tree = _read(source)
    _check(source, tree)
    return _Spellings(source).visit(tree)


def wrapped(source: str) -> str:
    """As parsed: in parentheses, so that it may span lines and end in a comment."""
    return f"({source}\n)"


def operands(node: ast.expr) -> Iterator[ast.expr]:
    """The operands of a node, in source order."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr) and not (isinstance(node, ast.Call) and child is node.func):
            yield child


def column_of(source: str, node: ast.expr) -> int:
    """The column where the node begins in its line."""
    line = wrapped(source).split("\n")[node.lineno - 1]
    before = len(line.encode()[: node.col_offset].decode())
    return before if node.lineno == 1 else before + 1


def path_of(node: ast.expr) -> str | None:
    """`lead.score` for `lead["score"]`, `a` for `data["a"]`; None if it is not a field.

    It ends before the first index, and before a key that would make the path ambiguous: `tags` for `tags[0].name`.
    """
    steps = steps_of(node)
    if steps is None:
        return None
    first, *rest = steps[1:] if steps[0] == OWN else steps
    return ".".join(map(str, (first, *takewhile(_is_plain_step, rest))))


def steps_of(node: ast.expr) -> tuple[int | str | None, ...] | None:
    """The name, keys and indexes on the way to a field: `("tags", 0, "name")`; None if it is not a field."""
    steps: list[int | str | None] = []
    while not isinstance(node, ast.Name):
        match node:
            case ast.Attribute(attr=key):
                steps.append(key)
            case ast.Subscript():
                steps.append(key_of(node))
            case _:
                return None
        node = node.value
    return (node.id, *reversed(steps))


def is_own(node: ast.expr) -> bool:
    """Whether the path starts at one of the event's own fields, not at the context that we add."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name) and node.id not in CONTEXT


def _is_plain_step(step: int | str | None) -> bool:
    return isinstance(step, str) and step != "" and "." not in step


# Parsing


def _read(source: str) -> ast.expr:
    try:
        with _PARSING, warnings.catch_warnings():
            warnings.simplefilter("error")  # an invalid escape or `60or` becomes a SyntaxError with its place
            tree = ast.parse(wrapped(source), mode="eval").body
    except SyntaxError as error:
        raise _plain(source, error) from None
    except (MemoryError, RecursionError):
        raise ConditionError("This is nested too deeply.") from None
    except ValueError:  # NUL, or an unpaired surrogate
        raise ConditionError("This holds a character that is not text.") from None
    if tree.lineno == 1 and tree.col_offset == 0:  # it consumed our own parentheses
        raise ConditionError(_unbalanced(tree))
    return tree


def _unbalanced(tree: ast.expr) -> str:
    if isinstance(tree, ast.GeneratorExp):
        return NO_LOOPS
    if isinstance(tree, ast.Tuple):
        return "This must be one condition; join several with and, or."
    return "A ) closes what was never opened."


def _plain(source: str, error: SyntaxError) -> ConditionError:
    """Python's messages in our words: a known mistake first, then a field named like a reserved word."""
    slip = _slip(source) or _reserved(source)
    if slip is not None:
        return ConditionError(*slip)
    line, offset, end = error.lineno or 1, error.offset or 1, source.count("\n") + 1
    if line > end:
        return ConditionError(_at_end(error.msg), len(source) + 1 if end == 1 else None)
    message = next((ours for theirs, ours in WORDS if re.search(theirs, error.msg)), "This cannot be read from here.")
    message += _blanks(source)
    column = max(1, offset - 1 if line == 1 else offset)
    return ConditionError(_placed(message, line), min(column, len(source) + 1))


def _placed(message: str, line: int) -> str:
    return message if line == 1 else f"Line {line}: {message}"


def _at_end(message: str) -> str:
    return "A ) closes what was never opened." if "unmatched" in message else "Something is missing at the end."


def _slip(source: str) -> tuple[str, int | None] | None:
    """The hint for the first thing that other languages write differently, and its column."""
    bare = without_texts(source)
    found = [(hit.start(), hint) for pattern, hint in SLIPS if (hit := re.search(pattern, bare))]
    if not found:
        return None
    start, hint = min(found)
    return hint, _column(bare, start)


def _reserved(source: str) -> tuple[str, int] | None:
    """How to reach a field whose name is a reserved word, and its column."""
    bare = without_texts(source)
    found = _RESERVED.search(bare)
    if found is None:
        return None
    start, word = found.start("word"), found["word"]
    before = _PATH_BEFORE.search(source[max(start - _LONGEST_PATH, 0) : start])
    return f'`{word}` is a reserved word: write {before["path"] if before else DATA}["{word}"].', _column(bare, start)


def _blanks(source: str) -> str:
    names = (found["name"] for found in _BLANKS.finditer(without_texts(source)) if found["sign"])
    found = next((name for name in names if " " in name), "")
    return f' A name with blanks is written so: data["{found}"].' if found else ""


def without_texts(source: str) -> str:
    """Blanks out strings, keeping the length so that columns stay the same."""
    return _TEXT.sub(lambda text: "_" * len(text[0]) if text["end"] or text["final"] else text[0], source)


def _column(bare: str, start: int) -> int:
    return start - (bare.rfind("\n", 0, start) + 1) + 1


_JOINING = "and|else|if|in|is|not|or"
_ALONE = "|".join(sorted({*keyword.kwlist} - {*_JOINING.split("|"), "True", "False", "None"}))
_RESERVED = re.compile(rf"(?<!\w)(?P<word>(?:{_ALONE})\b|(?:{_JOINING})\b(?=\s*(?:[=!<>]=|[<>])))")
_LONGEST_PATH = 200
_PATH_BEFORE = re.compile(r"(?P<path>[^\W\d][\w.]*(?:\[[^\[\]]*\][\w.]*)*)\.$")
_WORD = rf"(?!(?:{_JOINING})\b)[^\W\d]\w*+"
_BLANKS = re.compile(rf"(?<![\w.])(?P<name>{_WORD}(?: ++{_WORD})*+)(?P<sign>\s*+(?:[=!<>]=|[<>]|(?:not +)?in\b))?")
_TEXT = re.compile(r""""(?:[^"\\\n]|\\.)*+(?P<end>")?|'(?:[^'\\\n]|\\.)*+(?P<final>')?""")

SLIPS = (
    (r"[“”„‟‘’‚‛«»]", 'Use straight quotes: "text".'),
    (r"&&", "Use and instead of &&."),
    (r"\|\|", "Use or instead of ||."),
    (r"!(?!=)", "Use not instead of !."),
    (r"<>", "Use != instead of <>."),
    (r"=>", "Use >= instead of =>."),
    (r"=<", "Use <= instead of =<."),
    (r"(?<![=!<>:])(?:=|===)(?![=<>])", "Use == to compare."),
    (r"\b(?:AND|OR|NOT|IN)\b", "Write and, or, not, in in small letters."),
)

WORDS = (
    ("unterminated", "This text is never closed: a quote is missing."),
    ("never closed", "This bracket is never closed."),
    ("unmatched|does not match", "This bracket closes what was never opened."),
    ("forgot a comma", "Something is missing between two parts, such as and, or, ==."),
    ("invalid escape", "This text holds a backslash that means nothing; write it twice."),
    ("too many nested", "This is nested too deeply."),
    ("f-string", "Formatted texts are not available."),
    ("number|literal|integer", "This number cannot be read."),
    ("character", "This character does not belong here."),
    ("expected 'else'", "An if needs an else: a if condition else b."),
    ("assign", "Use == to compare."),
)


# Refusals


def _check(source: str, tree: ast.expr) -> None:
    todo, count = [(tree, 1)], 0
    while todo:
        node, depth = todo.pop()
        count += 1
        objection = _size(count, depth) or refusal(node)
        if objection:
            raise ConditionError(_placed(objection, node.lineno), column_of(source, node))
        todo += [(part, depth + 1) for part in reversed([*operands(node)])]


def _size(count: int, depth: int) -> str | None:
    if count > MAX_NODES:
        return f"This has too many parts; {MAX_NODES} are allowed."
    return f"This is nested too deeply; {MAX_DEPTH} levels are allowed." if depth > MAX_DEPTH else None


class _Spellings(ast.NodeTransformer):
    """`true`, `false` and `null` are constants here, `data` before a key means all of the event's own fields, and large
    whole numbers keep their digits."""

    def __init__(self, source: str) -> None:
        self._source = source

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if type(node.value) is float and abs(node.value) >= _MANY_DIGITS:
            written = ast.get_source_segment(wrapped(self._source), node) or ""
            node.value = read_fraction(written.replace("_", ""))
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return self._from_own(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        return self._from_own(node) if isinstance(key_of(node), str) else self._within(node)

    def _from_own(self, node: ast.Attribute | ast.Subscript) -> ast.expr:
        match node.value:
            case ast.Name(id=name) as base if name == DATA:
                node.value = ast.copy_location(ast.Name(OWN), base)
                return node
            case _:
                return self._within(node)

    def _within(self, node: ast.expr) -> ast.expr:
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in _SPELLINGS:
            return node
        return ast.copy_location(ast.Constant(_SPELLINGS[node.id]), node)
