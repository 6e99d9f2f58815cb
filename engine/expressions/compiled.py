"""A condition's tree as nested functions, which answer several times as fast as a walk over the tree. Pure.

They give the values that the evaluator's walk gives, but for why something is unknown: `explain` walks for that.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Final, cast

from engine.expressions.clock import Lack
from engine.expressions.evaluator import ARITHMETIC, NULL_TESTS, RELATIONS
from engine.expressions.functions import FUNCTIONS, Function
from engine.expressions.grammar import key_of
from engine.expressions.values import MISSING, entry, is_list, is_object
from engine.model import Json


class _Unknown(Enum):
    UNKNOWN = "unknown"


UNKNOWN: Final = cast("Json", _Unknown.UNKNOWN)

Names = Mapping[str, Json]
Ask = Callable[[Names], Json]
"""The value of a part, or UNKNOWN. Raises TooMuchWork."""


def compiled(node: ast.expr) -> Ask:
    """`node` was checked by the parser."""
    return _COMPILERS[type(node)](node)


def _constant(node: ast.Constant) -> Ask:
    value = cast("Json", node.value)
    return lambda _: value


def _name(node: ast.Name) -> Ask:
    name, plain = node.id, node.id.isascii()

    def ask(names: Names) -> Json:
        value = names.get(name, MISSING)
        if value is MISSING and not plain:
            value = entry(names, name)
        return UNKNOWN if value is MISSING else value

    return ask


def _attribute(node: ast.Attribute) -> Ask:
    return _step(compiled(node.value), node.attr)


def _subscript(node: ast.Subscript) -> Ask:
    return _step(compiled(node.value), key_of(node))


def _step(base: Ask, key: int | str | None) -> Ask:
    """Into an object by key or a list by index; never a Python attribute."""

    def ask(names: Names) -> Json:
        found = base(names)
        if type(key) is str and is_object(found):
            value = entry(found, key)
            return UNKNOWN if value is MISSING else value
        if type(key) is int and is_list(found) and -len(found) <= key < len(found):
            return found[key]
        return UNKNOWN

    return ask


def _compare(node: ast.Compare) -> Ask:
    """The Kleene conjunction of the chained comparisons."""
    operands = [node.left, *node.comparators]
    asks = [compiled(operand) for operand in operands]
    if len(node.ops) == 1:
        return _compare_two(node, asks[0], asks[1])
    links = [_link(sign, *operands[place : place + 2]) for place, sign in enumerate(node.ops)]

    def ask(names: Names) -> Json:
        answer: Json = True
        left = asks[0](names)
        for link, ask_right in zip(links, asks[1:], strict=True):
            right = ask_right(names)
            holds = link(left, right)
            if holds is False:
                return False
            if holds is not True:
                answer = UNKNOWN
            left = right
        return answer

    return ask


def _compare_two(node: ast.Compare, left: Ask, right: Ask) -> Ask:
    """Almost always with a constant, of which nothing has to be found out."""
    operand = node.comparators[0]
    if not isinstance(operand, ast.Constant) or operand.value is None or _is_null(node.left):
        link = _link(node.ops[0], node.left, operand)
        return lambda names: link(left(names), right(names))
    relation, constant = RELATIONS[type(node.ops[0])], cast("Json", operand.value)

    def ask(names: Names) -> Json:
        found = left(names)
        holds = None if found is UNKNOWN else relation(found, constant)
        return UNKNOWN if holds is None else holds

    return ask


def _link(sign: ast.cmpop, left_node: ast.expr, right_node: ast.expr) -> Callable[[Json, Json], Json]:
    """A comparison with a written null asks whether there is a value."""
    relation = RELATIONS[type(sign)]
    written = _is_null(left_node) or (_is_null(right_node) and not isinstance(sign, ast.In | ast.NotIn))
    of_null = NULL_TESTS.get(type(sign), relation) if written else relation

    def link(left: Json, right: Json) -> Json:
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        holds = (of_null if left is None or right is None else relation)(left, right)
        return UNKNOWN if holds is None else holds

    return link


def _is_null(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _boolop(node: ast.BoolOp) -> Ask:
    return joined([compiled(part) for part in node.values], settling=type(node.op) is ast.Or)


def joined(asks: Sequence[Ask], *, settling: bool) -> Ask:
    """One that `settling` answers is enough; otherwise one unknown operand makes the result unknown."""

    def ask(names: Names) -> Json:
        answer: Json = not settling
        for part in asks:
            value = part(names)
            if value is settling:
                return settling
            if type(value) is not bool:
                answer = UNKNOWN
        return answer

    return ask


def _unaryop(node: ast.UnaryOp) -> Ask:
    operand = compiled(node.operand)
    if type(node.op) is ast.Not:
        return lambda names: not value if type(value := operand(names)) is bool else UNKNOWN
    calculate = ARITHMETIC[ast.Sub if type(node.op) is ast.USub else ast.Add]
    return lambda names: _calculated(calculate, 0, operand(names))


def _binop(node: ast.BinOp) -> Ask:
    left, right, calculate = compiled(node.left), compiled(node.right), ARITHMETIC[type(node.op)]
    return lambda names: _calculated(calculate, left(names), right(names))


def _calculated(calculate: Callable[[Json, Json], Json], left: Json, right: Json) -> Json:
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    result = calculate(left, right)
    return UNKNOWN if result is None else result


def _ifexp(node: ast.IfExp) -> Ask:
    test, body, other = compiled(node.test), compiled(node.body), compiled(node.orelse)

    def ask(names: Names) -> Json:
        truth = test(names)
        if type(truth) is not bool:
            return UNKNOWN
        return body(names) if truth else other(names)

    return ask


def _list(node: ast.List | ast.Tuple) -> Ask:
    asks = [compiled(item) for item in node.elts]

    def ask(names: Names) -> Json:
        items = [item(names) for item in asks]
        return UNKNOWN if any(item is UNKNOWN for item in items) else items

    return ask


def _call(node: ast.Call) -> Ask:
    function = FUNCTIONS[cast("ast.Name", node.func).id]
    asks, answer = [compiled(argument) for argument in node.args], _applied if function.takes else _chosen
    return lambda names: answer(function, [argument(names) for argument in asks])


def _chosen(function: Function, values: Sequence[Json]) -> Json:
    """The result of a function that handles missing values."""
    result = function.call(*(MISSING if value is UNKNOWN else value for value in values))
    return values[-1] if result is MISSING else result


def _applied(function: Function, values: list[Json]) -> Json:
    for index, value in enumerate(values):
        if value is UNKNOWN:
            return UNKNOWN
        kind = function.takes[min(index, len(function.takes) - 1)]
        if kind is not None:
            values[index] = kind.read(value)
            if values[index] is None:
                return UNKNOWN
    result = function.call(*values)
    return UNKNOWN if result is None or type(result) is Lack else result


_COMPILERS: Final[Mapping[type[ast.expr], Callable[..., Ask]]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Compare: _compare,
    ast.BoolOp: _boolop,
    ast.UnaryOp: _unaryop,
    ast.BinOp: _binop,
    ast.IfExp: _ifexp,
    ast.Call: _call,
    ast.List: _list,
    ast.Tuple: _list,
}
