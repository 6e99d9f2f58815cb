"""Evaluates a condition's tree with Kleene logic: unknown propagates unless the other operands decide the result.

This is the only module that uses simpleeval, and only its tree walk: no Python attribute, method, operator or function
is reachable, and nothing here raises, whatever the values are.
"""

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from simpleeval import SimpleEval  # pyright: ignore[reportMissingTypeStubs]

from engine.expressions import explanation as words
from engine.expressions.clock import Lack
from engine.expressions.comparing import (
    Relation,
    at_least,
    at_most,
    equal,
    greater,
    less,
    outside,
    unequal,
    within,
)
from engine.expressions.explanation import Unknown
from engine.expressions.functions import FUNCTIONS, Function
from engine.expressions.grammar import key_of
from engine.expressions.values import MISSING, Number, as_number, bounded, entry, is_list, is_object
from engine.expressions.work import TooMuchWork
from engine.model import Json

MAX_JOINED: Final = 10_000


def _add(a: Json, b: Json) -> Json:
    """The sum; two strings that are not numbers are concatenated."""
    one, other = as_number(a), as_number(b)
    if one is not None and other is not None:
        return bounded(one + other) if _small(one, other) else None
    if type(a) is str and type(b) is str:
        return a + b if len(a) + len(b) <= MAX_JOINED else None
    return None


def _arithmetic(calculate: Callable[[Number, Number], Number]) -> Callable[[Json, Json], Json]:
    """None for operands that are not numbers, division by zero, and results that are too large."""

    def operation(a: Json, b: Json) -> Number | None:
        one, other = as_number(a), as_number(b)
        if one is None or other is None or not _small(one, other):
            return None
        try:
            return bounded(calculate(one, other))
        except ZeroDivisionError:
            return None

    return operation


def _small(one: Number, other: Number) -> bool:
    return bounded(one) is not None and bounded(other) is not None


RELATIONS: Final[Mapping[type[ast.cmpop], Relation]] = {
    ast.Eq: equal,
    ast.NotEq: unequal,
    ast.Lt: less,
    ast.LtE: at_most,
    ast.Gt: greater,
    ast.GtE: at_least,
    ast.In: within,
    ast.NotIn: outside,
}

NULL_TESTS: Final[Mapping[type[ast.cmpop], Callable[[Json, Json], bool | None]]] = {
    ast.Eq: lambda a, b: a is b,
    ast.NotEq: lambda a, b: a is not b,
    ast.In: lambda item, items: item in items if is_list(items) else None,
    ast.NotIn: lambda item, items: item not in items if is_list(items) else None,
}
"""For a comparison with a written null, which asks whether there is a value."""

ARITHMETIC: Final[Mapping[type[ast.operator], Callable[[Json, Json], Json]]] = {
    ast.Add: _add,
    ast.Sub: _arithmetic(lambda a, b: a - b),
    ast.Mult: _arithmetic(lambda a, b: a * b),
    ast.Div: _arithmetic(lambda a, b: a / b),
    ast.Mod: _arithmetic(lambda a, b: a % b),
}


def _is_null(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


class _Evaluator(SimpleEval):
    """Walks a tree that was checked when it was compiled. Every handler returns a value or an Unknown."""

    if TYPE_CHECKING:

        def _eval(self, node: ast.expr) -> Json: ...

    def __init__(self) -> None:  # skips building the base class's tables of nodes, operators and functions
        self.names: Mapping[str, Json] = {}
        self.nodes: dict[type[ast.expr], Callable[[Any], Json]] = {
            ast.Constant: self._eval_constant,
            ast.Name: self._eval_name,
            ast.Attribute: self._eval_attribute,
            ast.Subscript: self._eval_subscript,
            ast.Compare: self._eval_compare,
            ast.BoolOp: self._eval_boolop,
            ast.UnaryOp: self._eval_unaryop,
            ast.BinOp: self._eval_binop,
            ast.IfExp: self._eval_ifexp,
            ast.Call: self._eval_call,
            ast.List: self._eval_list,
            ast.Tuple: self._eval_list,
        }

    def _check_disallowed_items(self, item: Json) -> None:
        """Values are JSON by construction; the base class would scan the whole payload on every name."""

    @staticmethod
    def _eval_constant(node: ast.Constant) -> Json:
        return node.value

    def _eval_name(self, node: ast.Name) -> Json:
        value = self.names.get(node.id, MISSING)
        if value is MISSING:
            value = entry(self.names, node.id)
        return Unknown(words.no_field, node) if value is MISSING else value

    def _eval_attribute(self, node: ast.Attribute) -> Json:
        return self._step(node, node.attr)

    def _eval_subscript(self, node: ast.Subscript) -> Json:
        return self._step(node, key_of(node))

    def _step(self, node: ast.Attribute | ast.Subscript, key: int | str | None) -> Json:
        """Into an object by key or a list by index; never a Python attribute."""
        base = self._eval(node.value)
        if type(base) is Unknown:
            return base
        if type(key) is str and is_object(base):
            value = entry(base, key)
            return Unknown(words.no_field, node) if value is MISSING else value
        if type(key) is int and is_list(base):
            fits = -len(base) <= key < len(base)
            return base[key] if fits else Unknown(words.no_entry, node.value, key, len(base))
        return Unknown(words.no_object, node.value, base, key)

    def _eval_compare(self, node: ast.Compare) -> Json:
        """The Kleene conjunction of the chained comparisons."""
        left_node, left, answer = node.left, self._eval(node.left), True
        for sign, right_node in zip(node.ops, node.comparators):  # noqa: B905
            right = self._eval(right_node)
            link = self._link(sign, left_node, left, right_node, right)
            if link is False:
                return False
            if link is not True and answer is True:
                answer = link
            left_node, left = right_node, right
        return answer

    def _link(self, sign: ast.cmpop, left_node: ast.expr, left: Json, right_node: ast.expr, right: Json) -> Json:
        if type(left) is Unknown:
            return left
        if type(right) is Unknown:
            return right
        relation = RELATIONS[type(sign)]
        if left is None or right is None:
            written = _is_null(left_node) or (_is_null(right_node) and not isinstance(sign, ast.In | ast.NotIn))
            relation = NULL_TESTS.get(type(sign), relation) if written else relation
        holds = relation(left, right)
        return Unknown(words.not_comparable, sign, left_node, left, right_node, right) if holds is None else holds

    def _eval_boolop(self, node: ast.BoolOp) -> Json:
        """One deciding operand is enough; otherwise one unknown operand makes the result unknown."""
        settling = type(node.op) is ast.Or
        answer: Json = not settling
        for part in node.values:
            value = self._truth(part)
            if value is settling:
                return settling
            if type(value) is Unknown and type(answer) is bool:
                answer = value
        return answer

    def _truth(self, node: ast.expr) -> Json:
        """True, False or an Unknown."""
        value = self._eval(node)
        if value is True or value is False or type(value) is Unknown:
            return value
        return Unknown(words.not_yes_or_no, node, value)

    def _eval_unaryop(self, node: ast.UnaryOp) -> Json:
        if type(node.op) is ast.Not:
            truth = self._truth(node.operand)
            return truth if type(truth) is Unknown else not truth
        value = self._eval(node.operand)
        if type(value) is Unknown:
            return value
        result = ARITHMETIC[ast.Sub if type(node.op) is ast.USub else ast.Add](0, value)
        return Unknown(words.no_sign, node.operand, value) if result is None else result

    def _eval_binop(self, node: ast.BinOp) -> Json:
        left, right = self._eval(node.left), self._eval(node.right)
        if type(left) is Unknown:
            return left
        if type(right) is Unknown:
            return right
        result = ARITHMETIC[type(node.op)](left, right)
        return Unknown(words.no_result, node, left, right) if result is None else result

    def _eval_ifexp(self, node: ast.IfExp) -> Json:
        truth = self._truth(node.test)
        if type(truth) is Unknown:
            return truth
        return self._eval(node.body if truth else node.orelse)

    def _eval_list(self, node: ast.List | ast.Tuple) -> Json:
        items = [self._eval(item) for item in node.elts]
        return next((item for item in items if type(item) is Unknown), items)

    def _eval_call(self, node: ast.Call) -> Json:
        function = FUNCTIONS[cast("ast.Name", node.func).id]
        values = [self._eval(argument) for argument in node.args]
        return self._applied(function, node, values) if function.takes else self._chosen(function, values)

    def _chosen(self, function: Function, values: list[Json]) -> Json:
        """The result of a function that handles missing values."""
        result = function.call(*(MISSING if type(value) is Unknown else value for value in values))
        return values[-1] if result is MISSING else result

    def _applied(self, function: Function, node: ast.Call, values: list[Json]) -> Json:
        for index, value in enumerate(values):
            if type(value) is Unknown:
                return value
            kind = function.takes[min(index, len(function.takes) - 1)]
            if kind is not None:
                values[index] = kind.read(value)
                if values[index] is None:
                    return Unknown(words.unfit, function.name, kind, node.args[index], value)
        result = function.call(*values)
        if result is None or type(result) is Lack:
            return Unknown(words.no_answer, node, result)
        return result


class _Tracer(_Evaluator):
    """Evaluates every part once, including those that the result does not need."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[ast.expr, Json] = {}

    def value_of(self, node: ast.expr) -> Json:
        try:
            return self._eval(node)
        except TooMuchWork:
            self._seen[node] = Unknown(words.too_much)
            return self._seen[node]

    def _eval(self, node: ast.expr) -> Json:
        if node not in self._seen:
            self._seen[node] = super()._eval(node)
        return self._seen[node]


def tracer(names: Mapping[str, Json]) -> Callable[[ast.expr], Json]:
    """The value, or Unknown, of any part; each is evaluated once. If the whole comes first, it is what the
    compiled tree says within the same bounds."""
    walker = _Tracer()
    walker.names = names
    return walker.value_of
