"""Every regular expression of the product, and texts that make a badly written one slow."""

import ast
import importlib
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ("engine", "storage", "dashboard")
SIZE = 262_144
METHODS = {"search", "match", "fullmatch", "sub", "split", "findall", "finditer"}
MOST_CHARACTERS = 14
OF_CATEGORIES = {
    codes.CATEGORY_DIGIT: "7",
    codes.CATEGORY_NOT_DIGIT: "x",
    codes.CATEGORY_SPACE: " \t\n",
    codes.CATEGORY_NOT_SPACE: "x",
    codes.CATEGORY_WORD: "w_",
    codes.CATEGORY_NOT_WORD: "-",
}


@dataclass(frozen=True, slots=True)
class Use:
    """A pattern, and the method by which it is applied."""

    place: str
    pattern: re.Pattern[Any]
    method: str

    def __str__(self) -> str:
        return f"{self.place}:{self.method}"

    def run(self, text: str) -> None:
        subject: Any = text.encode() if isinstance(self.pattern.pattern, bytes) else text
        match self.method:
            case "sub":
                self.pattern.sub(subject[:0], subject)
            case "finditer":
                deque(self.pattern.finditer(subject), maxlen=0)
            case method:
                getattr(self.pattern, method)(subject)


@dataclass(frozen=True, slots=True)
class Computed:
    """A call whose pattern is only known while it runs."""

    place: str


def uses() -> Iterator[Use | Computed]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "versions" not in path.parts:
                yield from _uses_in(path.relative_to(ROOT))


def _uses_in(path: Path) -> Iterator[Use | Computed]:
    tree = ast.parse((ROOT / path).read_text())
    compiled = {id(node): name for statement in tree.body for name, node in _assigned(statement)}
    methods = _methods_of(tree)
    for function, node in _calls(tree):
        match node.func:
            case ast.Attribute(value=ast.Name(id="re"), attr="compile") if id(node) in compiled:
                name = compiled[id(node)]
                pattern = getattr(importlib.import_module(".".join(path.with_suffix("").parts)), name)
                for method in sorted(methods.get(name, {"finditer"})):
                    yield Use(f"{path}:{name}", pattern, method)
            case ast.Attribute(value=ast.Name(id="re"), attr=method) if method in {"compile", *METHODS}:
                yield _inline(f"{path}:{function}", node, method)
            case _:
                pass


def _inline(place: str, node: ast.Call, method: str) -> Use | Computed:
    first = node.args[0]
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        flags = re.DOTALL if "DOTALL" in ast.unparse(node) else 0
        return Use(place, re.compile(first.value, flags), "finditer" if method == "compile" else method)
    return Computed(place)


def _assigned(node: ast.stmt) -> list[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return [(name, value)]
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as value):
            return [(name, value)]
        case _:
            return []


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for outer in tree.body:
        inner = outer.body if isinstance(outer, ast.ClassDef) else [outer]
        for part in inner:
            name = getattr(part, "name", "module")
            yield from ((name, node) for node in ast.walk(part) if isinstance(node, ast.Call))


def _methods_of(tree: ast.Module) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=method) if method in METHODS:
                found.setdefault(name, set()).add(method)
            case _:
                pass
    return found


def hostile_texts(pattern: re.Pattern[Any], size: int = SIZE) -> Iterator[str]:
    """Runs of each character that it names, alone, in turn with another, and ended by what it may not expect."""
    characters = _characters(pattern)
    for one in characters:
        yield one * size
        yield one * (size - 1) + "\x01"
        yield from (other + one * (size - 2) + "\x01" for other in characters if other != one)
        yield from (one * (size - 1) + other for other in characters if other != one)
    for one, other in product(characters, characters):
        if one != other:
            yield (one + other) * (size // 2)
            yield (one + other * 9) * (size // 10)
            yield one * (size // 2) + other * (size // 2)


def _characters(pattern: re.Pattern[Any]) -> list[str]:
    found: dict[str, None] = dict.fromkeys("a0 ")
    source = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    for character in _named(parser.parse(source, pattern.flags & ~re.UNICODE)):
        found.setdefault(character)
    return [one for one in found if one < "\ud800" or one > "\udfff"][:MOST_CHARACTERS]


def _named(parsed: Any) -> Iterator[str]:
    for code, value in parsed:
        if code in _CHARACTERS:
            yield from _CHARACTERS[code](value)
        elif code in _INNER:
            for inner in _INNER[code](value):
                yield from _named(inner)


_CHARACTERS: dict[Any, Callable[[Any], str]] = {
    codes.LITERAL: chr,
    codes.NOT_LITERAL: chr,
    codes.RANGE: lambda value: chr(value[0]),
    codes.CATEGORY: lambda value: OF_CATEGORIES.get(value, ""),
}
_INNER: dict[Any, Callable[[Any], list[Any]]] = {
    codes.IN: lambda value: [value],
    codes.ATOMIC_GROUP: lambda value: [value],
    codes.BRANCH: lambda value: value[1],
    codes.SUBPATTERN: lambda value: [value[3]],
    codes.ASSERT: lambda value: [value[1]],
    codes.ASSERT_NOT: lambda value: [value[1]],
    codes.MAX_REPEAT: lambda value: [value[2]],
    codes.MIN_REPEAT: lambda value: [value[2]],
    codes.POSSESSIVE_REPEAT: lambda value: [value[2]],
}
