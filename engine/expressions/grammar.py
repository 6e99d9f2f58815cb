"""The syntax that conditions may use: an allowlist, with suggestions for common syntax that is not on it."""

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.expressions.functions import FUNCTIONS
from engine.expressions.values import LARGEST, cut

NO_LOOPS: Final = "Loops are not available."

OPERATORS: Final[Mapping[type[ast.AST], str]] = {
    ast.And: "and",
    ast.Or: "or",
    ast.Not: "not ",
    ast.USub: "-",
    ast.UAdd: "+",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Mod: "%",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
"""All binary and unary operators, as written."""


def refusal(node: ast.expr) -> str | None:
    """Why this node itself, apart from its children, is not allowed in a condition; None if it is."""
    check = _CHECKS.get(type(node))
    return check(node) if check else _REFUSED.get(type(node), "This is not available in a condition.")


def _fine(_: ast.expr) -> None:
    return None


def _constant(node: ast.Constant) -> str | None:
    value = node.value
    if isinstance(value, str):
        return None if _encodable(value) else "This text holds half a character."
    if value is None or isinstance(value, bool):
        return None
    if not isinstance(value, int | float):
        return "Only texts, numbers, true, false and null can be written here."
    return None if abs(value) <= LARGEST else "This number is too large."


def _encodable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _name(node: ast.Name) -> str | None:
    return _hidden(node.id)


def _attribute(node: ast.Attribute) -> str | None:
    return _hidden(node.attr)


def _hidden(name: str) -> str | None:
    return "Names that start with an underscore are not available." if name.startswith("_") else None


def _operator(node: ast.UnaryOp | ast.BinOp) -> str | None:
    return None if type(node.op) in OPERATORS else _REFUSED_OPERATORS.get(type(node.op), "This sign is not available.")


def _compare(node: ast.Compare) -> str | None:
    unknown = next((type(sign) for sign in node.ops if type(sign) not in OPERATORS), None)
    return None if unknown is None else _REFUSED_OPERATORS[unknown]


def _call(node: ast.Call) -> str | None:
    if not isinstance(node.func, ast.Name):
        return "Only a function can be called, by its name: lower(name)."
    function = FUNCTIONS.get(node.func.id)
    if function is None:
        return f"There is no function {cut(node.func.id, 40)}; there are {', '.join(FUNCTIONS)}."
    if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
        return f"Arguments are given by place alone: {function.signature}."
    if not function.arity[0] <= len(node.args) <= function.arity[1]:
        return f"The number of arguments is wrong: {function.signature}."
    return None


def _subscript(node: ast.Subscript) -> str | None:
    return 'Only a fixed place or key can stand in brackets: tags[0], lead["score"].' if key_of(node) is None else None


def key_of(node: ast.Subscript) -> int | str | None:
    """The constant index or key in the brackets; an index may be negative."""
    match node.slice:
        case ast.Constant(value=int() | str() as key) if type(key) is not bool:
            return key
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as place)) if type(place) is not bool:
            return -place
        case _:
            return None


_CHECKS: Final[Mapping[type[ast.expr], Callable[[Any], str | None]]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.UnaryOp: _operator,
    ast.BinOp: _operator,
    ast.Compare: _compare,
    ast.BoolOp: _fine,
    ast.IfExp: _fine,
    ast.List: _fine,
    ast.Tuple: _fine,
}

_REFUSED: Final[Mapping[type[ast.expr], str]] = {
    ast.NamedExpr: "Nothing can be assigned here; use == to compare.",
    ast.Lambda: "Functions cannot be made here.",
    ast.GeneratorExp: NO_LOOPS,
    ast.ListComp: NO_LOOPS,
    ast.SetComp: NO_LOOPS,
    ast.DictComp: NO_LOOPS,
    ast.JoinedStr: "Formatted texts are not available.",
    ast.Dict: "Objects cannot be written here.",
    ast.Set: "Write a list in square brackets: [1, 2].",
    ast.Starred: "A star is not available here.",
}

_REFUSED_OPERATORS: Final[Mapping[type[ast.AST], str]] = {
    ast.Is: "Use == instead of is.",
    ast.IsNot: "Use != instead of is not.",
    ast.BitAnd: "Use and instead of &.",
    ast.BitOr: "Use or instead of |.",
    ast.Invert: "Use not instead of ~.",
    ast.Pow: "Powers are not available.",
    ast.FloorDiv: "Use / to divide; round(a / b) makes it whole.",
}
