"""Explains an evaluation in words: the value of every part, and why a part has none.

There are no evaluation rules here; the values come from the evaluator.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from engine.expressions.clock import Lack
from engine.expressions.functions import Kind
from engine.expressions.grammar import OPERATORS
from engine.expressions.incomparable import LEFT, why_incomparable, why_not_within
from engine.expressions.parser import operands
from engine.expressions.values import as_number, bounded, cut, describe, is_list, is_number, is_object, short
from engine.expressions.work import TOO_MUCH
from engine.model import Json

TextOf = Callable[[ast.expr], str]


class Unknown:
    """The result of a part that has no value. Its reason is formatted only on demand."""

    __slots__ = ("_facts", "_words")

    def __init__(self, words: Callable[..., str], *facts: object) -> None:
        self._words = words
        self._facts = facts

    def reason(self, text_of: TextOf) -> str:
        return self._words(text_of, *self._facts)

    @property
    def missing(self) -> ast.expr | None:
        """The field that the event lacks, if that is the reason."""
        first = self._facts[0] if self._words is no_field else None
        return first if isinstance(first, ast.expr) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One part of a condition: its source, its value, and the source with values filled in (`45 > 60`).

    `value` is None if the part is unknown; `unknown` says why. `reason` is one plain sentence.
    """

    text: str
    value: Json
    substituted: str
    reason: str
    unknown: str | None = None
    children: tuple["Explanation", ...] = ()

    @property
    def verdict(self) -> bool | None:
        return self.value if type(self.value) is bool else None

    def to_json(self) -> dict[str, Json]:
        """{verdict, reason, text, value, substituted, unknown, children: [{text, …}]}"""
        return {"verdict": self.verdict, "reason": self.reason, **self._part()}

    def _part(self) -> dict[str, Json]:
        return {
            "text": self.text,
            "value": _plain(self.value),
            "substituted": self.substituted,
            "unknown": self.unknown,
            "children": [child._part() for child in self.children],
        }


NOTHING_ASKED: Final = Explanation(
    text="", value=True, substituted="", reason="there is no condition, so it always holds"
)


class Explainer:
    """Explains a tree from its source and the value (or Unknown) of every part. `meant_by` spells the field that was
    probably meant by a missing one."""

    def __init__(
        self, text_of: TextOf, value_of: Callable[[ast.expr], Json], meant_by: Callable[[ast.expr], str | None]
    ) -> None:
        self._text_of = text_of
        self._value_of = value_of
        self._meant_by = meant_by

    def explain(self, node: ast.expr) -> Explanation:
        value = self._value_of(node)
        text, substituted = self._text_of(node), cut(self._substituted(node))
        children = tuple(self.explain(part) for part in self._parts(node))
        unknown = self._why_unknown(value) if isinstance(value, Unknown) else None
        return Explanation(
            text=text,
            value=value if unknown is None else None,
            substituted=substituted,
            reason=unknown or self._reason(node, value, substituted, children),
            unknown=unknown,
            children=children,
        )

    def _why_unknown(self, value: Unknown) -> str:
        reason = value.reason(self._quote)
        meant = None if value.missing is None else self._meant_by(value.missing)
        return reason if meant is None else f"{reason}, but there is `{meant}`"

    def _parts(self, node: ast.expr) -> Iterator[ast.expr]:
        """The parts worth their own line: not the untaken branch of an `if`, nor the steps of a path."""
        if isinstance(node, ast.IfExp):
            yield from self._taken(node)
        elif not is_path(node):
            bare = not isinstance(node, ast.BoolOp)
            yield from (part for part in operands(node) if not (bare and isinstance(part, ast.Constant)))

    def _taken(self, node: ast.IfExp) -> Iterator[ast.expr]:
        yield node.test
        chosen = self._value_of(node.test)
        if type(chosen) is bool:
            yield node.body if chosen else node.orelse

    def _substituted(self, node: ast.expr) -> str:
        match node:
            case ast.Compare():
                return self._show(node.left) + "".join(
                    f" {OPERATORS[type(sign)]} {self._show(right)}"
                    for sign, right in zip(node.ops, node.comparators, strict=True)
                )
            case ast.BoolOp():
                return f" {OPERATORS[type(node.op)]} ".join(map(self._show, node.values))
            case ast.BinOp():
                return f"{self._show(node.left)} {OPERATORS[type(node.op)]} {self._show(node.right)}"
            case ast.UnaryOp():
                return f"{OPERATORS[type(node.op)]}{self._show(node.operand)}"
            case ast.Call(func=ast.Name(id=name)):
                return f"{name}({', '.join(map(self._show, node.args))})"
            case _:
                return self._show(node)

    def _show(self, node: ast.expr) -> str:
        value = self._value_of(node)
        return "?" if isinstance(value, Unknown) else short(value)

    def _quote(self, node: ast.expr) -> str:
        return f"`{cut(self._text_of(node))}`"

    def _reason(self, node: ast.expr, value: Json, substituted: str, children: tuple[Explanation, ...]) -> str:
        if type(value) is not bool:
            return not_yes_or_no(self._quote, node, value)
        text = f"{self._quote(node)} is {short(value)}"
        match node:
            case ast.BoolOp():
                return _joint_reason(node, value, children)
            case ast.UnaryOp() if children:
                return f"{text}, since {children[0].reason}"
            case ast.IfExp():
                return children[-1].reason
            case ast.Compare() | ast.Call():
                return f"{text}: {self._grounds(substituted, children)}"
            case _:
                return text

    @staticmethod
    def _grounds(substituted: str, children: tuple[Explanation, ...]) -> str:
        return next((child.unknown for child in children if child.unknown), substituted)


def is_path(node: ast.expr) -> bool:
    """Whether this is a field or an access into one: `lead`, `lead.score`, `tags[0]`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name)


def _joint_reason(node: ast.BoolOp, value: bool, children: tuple[Explanation, ...]) -> str:
    settling = isinstance(node.op, ast.Or)
    if value is settling:
        return next(child.reason for child in children if child.value is settling)
    parts = ", ".join(child.substituted for child in children)
    return f"{'no' if settling else 'every'} part is true: {cut(parts, 200)}"


def _plain(value: Json) -> Json:
    """As JSON, truncated if long."""
    if value is None or type(value) is bool:
        return value
    if type(value) is str:
        return cut(value)
    if is_number(value):
        return _plain_number(value)
    return _plain_container(value) if len(short(value)) < 80 else short(value)


def _plain_number(value: int | float) -> Json:
    if bounded(value) is None:
        return short(value)
    return value if type(value) is float or abs(value) < 2**63 else short(value)


def _plain_container(value: Json) -> Json:
    if is_list(value):
        return [_plain(item) for item in value]
    return {str(key): _plain(item) for key, item in value.items()} if is_object(value) else short(value)


# Why a part has no value


def no_field(text_of: TextOf, node: ast.expr) -> str:
    return f"no field {text_of(node)} in this event"


def no_entry(text_of: TextOf, base: ast.expr, place: int, length: int) -> str:
    return f"{text_of(base)} has {length} entries, so there is none at {place}"


def no_object(text_of: TextOf, base: ast.expr, value: Json, key: int | str) -> str:
    wanted = "no list" if isinstance(key, int) else "no object"
    return f"{_blame(text_of, base, value, f'is {wanted}')}, so it has no {short(key)}"


def not_yes_or_no(text_of: TextOf, node: ast.expr, value: Json) -> str:
    return f"{text_of(node)} is {describe(value)}, not yes or no"


def too_much(_: TextOf) -> str:
    return TOO_MUCH


def not_comparable(text_of: TextOf, sign: ast.cmpop, left: ast.expr, a: Json, right: ast.expr, b: Json) -> str:
    if isinstance(sign, ast.In | ast.NotIn):
        side, lack = why_not_within(a, b)
    else:
        in_order = not isinstance(sign, ast.Eq | ast.NotEq)
        side, lack = why_incomparable(a, b, OPERATORS[type(sign)], in_order=in_order)
    node, value = (left, a) if side == LEFT else (right, b)
    return _blame(text_of, node, value, lack)


def no_result(text_of: TextOf, node: ast.BinOp, a: Json, b: Json) -> str:
    for part, value in ((node.left, a), (node.right, b)):
        if as_number(value) is None and not (isinstance(node.op, ast.Add) and _both_text(a, b)):
            return _blame(text_of, part, value, "is no number")
    if isinstance(node.op, ast.Div | ast.Mod) and as_number(b) == 0:
        return f"{text_of(node)} divides by zero"
    return f"{text_of(node)} is too {'long' if _both_text(a, b) and as_number(a) is None else 'large'}"


def _both_text(a: Json, b: Json) -> bool:
    return type(a) is str and type(b) is str


def no_sign(text_of: TextOf, node: ast.expr, value: Json) -> str:
    return _blame(text_of, node, value, "is no number" if as_number(value) is None else "is too large")


def unfit(text_of: TextOf, name: str, kind: Kind, node: ast.expr, value: Json) -> str:
    return f"{name}() needs {kind.words}, and {_plain_blame(text_of, node, value)}"


def no_answer(text_of: TextOf, node: ast.expr, lack: Lack | None) -> str:
    return f"{text_of(node)} has no answer: {lack.words}" if lack else f"{text_of(node)} has no answer for these values"


def _blame(text_of: TextOf, node: ast.expr, value: Json, lack: str) -> str:
    if isinstance(node, ast.Constant):
        return f"{describe(value)} {lack}"
    return f"{text_of(node)} is {describe(value)}, which {lack}"


def _plain_blame(text_of: TextOf, node: ast.expr, value: Json) -> str:
    return f"got {describe(value)}" if isinstance(node, ast.Constant) else f"{text_of(node)} is {describe(value)}"
