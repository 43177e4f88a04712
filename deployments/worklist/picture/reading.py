"""Reading a function of a procedure: its steps, questions, waits, ways and ends, in the order of the source."""

from __future__ import annotations

import ast
from dataclasses import replace
from enum import Enum
from types import FunctionType

from deployments.worklist.picture.calls import clauses_said, is_first_of, nodes_of_call, place_of
from deployments.worklist.picture.known import Known
from deployments.worklist.picture.nodes import Kind, Node
from deployments.worklist.picture.words import capital, condition, each_of, pattern, words_of


def part_id(function: FunctionType) -> str:
    """How a function is named among the parts."""
    return f"{function.__module__}:{function.__qualname__}"


class Reader:
    """Reads one function. Calls of other functions of the procedures become parts, which are read by themselves."""

    def __init__(
        self, function: FunctionType, syntax: ast.FunctionDef, outcome: object, *, is_whole: bool, home: str
    ) -> None:
        self.calls: dict[str, FunctionType] = {}
        """The parts that it calls, by id."""
        self._known = Known(function, syntax)
        self._body = syntax.body
        self._outcome = outcome
        self._is_whole = is_whole
        self._home = home

    def nodes(self) -> tuple[Node, ...]:
        """What the function holds for a reader."""
        return tuple(self._block(self._body, last=True))

    # ------------------------------------------------------------------ statements

    def _block(self, body: list[ast.stmt], *, last: bool = False) -> list[Node]:
        found: list[Node] = []
        for number, statement in enumerate(body):
            found += self._statement(statement, last=last and number == len(body) - 1)
        return found

    def _statement(self, statement: ast.stmt, *, last: bool) -> list[Node]:
        match statement:
            case ast.If():
                return self._if(statement, last=last)
            case ast.Match():
                return self._match(statement, last=last)
            case ast.While(test, body):
                endless = isinstance(test, ast.Constant)
                title = "Until a way out is taken" if endless else f"As long as {condition(test, self._known.names)}"
                return [self._around(Kind.LOOP, title, statement, [*self._expression(test), *self._block(body)])]
            case ast.For(_, iterated, body):
                each = f"For each: {each_of(iterated, self._known.names)}"
                return [
                    *self._expression(iterated),
                    self._around(Kind.LOOP, each, statement, self._block(body)),
                ]
            case ast.Return(value):
                return self._return(statement, value, last=last)
            case ast.Assert() | ast.Import() | ast.ImportFrom() | ast.FunctionDef():
                return []
            case ast.Expr(ast.Call() as call):
                found = self._call(call)
                return [replace(one, acts=True) if one is found[-1] else one for one in found]
            case _:
                return self._children(statement)

    def _if(self, statement: ast.If, *, last: bool) -> list[Node]:
        before = self._expression(statement.test)
        title = f"If {condition(statement.test, self._known.names)}"
        ways = [self._around(Kind.WAY, title, statement.test, self._block(statement.body, last=last))]
        match statement.orelse:
            case [ast.If() as following]:
                ways += self._if(following, last=last)
            case [_, *_]:
                others = self._block(statement.orelse, last=last)
                ways.append(self._around(Kind.WAY, "Otherwise", statement.orelse[0], others))
            case _:
                pass
        return [*before, *ways]

    def _match(self, statement: ast.Match, *, last: bool) -> list[Node]:
        ways = [
            self._around(
                Kind.WAY,
                capital(pattern(case, self._known.names)),
                case.pattern,
                [*(self._expression(case.guard) if case.guard else []), *self._block(case.body, last=last)],
            )
            for case in statement.cases
        ]
        subject = self._expression(statement.subject)
        if is_first_of(self._known, statement.subject):
            assert isinstance(statement.subject, ast.Call)
            return self._first(statement.subject, ways)
        waits = any(node.kind is Kind.FIRST for one in subject for node in one.walk())
        asked = "What came" if waits else capital(condition(statement.subject, self._known.names))
        return [*subject, self._around(Kind.CHOICE, asked, statement.subject, ways)]

    def _return(self, statement: ast.Return, value: ast.expr | None, *, last: bool) -> list[Node]:
        found = self._expression(value) if value is not None else []
        ends = self._outcomes(value) if value is not None else ()
        place = place_of(self._known, statement)
        if ends:
            return [*found, Node(Kind.OUTCOME, capital(" or ".join(ends)), place, names=frozenset(ends))]
        if self._is_whole and not any(one.kind is Kind.PART for one in found):
            return [*found, Node(Kind.OUTCOME, "The procedure has come to its end", place)]
        over = "The procedure ends with that" if self._is_whole else "Nothing more in this part"
        return found if last else [*found, Node(Kind.OVER, over, place)]

    def _outcomes(self, value: ast.expr) -> tuple[str, ...]:
        """How the case can end by a return, in the words of its outcomes."""
        if self._outcome is str:
            texts = [one.value for one in _ends_of(value) if isinstance(one, ast.Constant)]
            return tuple(text for text in texts if isinstance(text, str)) if self._is_whole else ()
        if not (isinstance(self._outcome, type) and issubclass(self._outcome, Enum)):
            return ()
        named = [self._known.stands_for(one) for one in ast.walk(value) if isinstance(one, ast.Attribute)]
        return tuple(dict.fromkeys(str(one.value) for one in named if isinstance(one, self._outcome)))

    # ------------------------------------------------------------------ expressions

    def _expression(self, one: ast.AST) -> list[Node]:
        match one:
            case ast.Call():
                return self._call(one)
            case ast.BoolOp(op, [first, *others]):
                sign = "Unless" if isinstance(op, ast.Or) else "If"
                found, before = self._expression(first), first
                for other in others:
                    title = f"{sign} {condition(before, self._known.names)}"
                    found += _unless_empty(self._around(Kind.WAY, title, other, self._expression(other)))
                    before = other
                return found
            case ast.IfExp(test, body, orelse):
                title = f"If {condition(test, self._known.names)}"
                ways = [
                    self._around(Kind.WAY, title, body, self._expression(body)),
                    self._around(Kind.WAY, "Otherwise", orelse, self._expression(orelse)),
                ]
                return [*self._expression(test), *ways]
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp() | ast.DictComp():
                held = [one.elt] if not isinstance(one, ast.DictComp) else [one.key, one.value]
                title = f"For each: {each_of(one.generators[0].iter, self._known.names)}"
                inner = [node for each in held for node in self._expression(each)]
                return [
                    *self._expression(one.generators[0].iter),
                    *_unless_empty(self._around(Kind.LOOP, title, one, inner)),
                ]
            case ast.Lambda():
                return []
            case _:
                return self._children(one)

    def _children(self, one: ast.AST) -> list[Node]:
        return [node for child in ast.iter_child_nodes(one) for node in self._expression(child)]

    def _call(self, call: ast.Call) -> list[Node]:
        if is_first_of(self._known, call):
            return self._first(call, [])
        inner = [node for each in (call.func, *call.args, *call.keywords) for node in self._expression(each)]
        own = nodes_of_call(self._known, call)
        called = self._known.stands_for(call.func)
        if not own and isinstance(called, FunctionType) and self._is_followed(called):
            self.calls[part_id(called)] = called
            place = place_of(self._known, call)
            beside = (*clauses_said(call), *self._known.source.clauses_beside(place.first, place.last))
            title = capital(words_of(called.__name__))
            if "." in called.__qualname__ and isinstance(call.func, ast.Attribute):
                holder = condition(call.func.value, self._known.names)
                title = title if holder == "self" else capital(f"{holder}: {words_of(called.__name__)}")
            return [*inner, Node(Kind.PART, title, place, clauses=beside, part=part_id(called))]
        return [*inner, *own]

    def _is_followed(self, called: FunctionType) -> bool:
        return called.__module__.startswith("flows.") or called.__module__ == self._home

    def _first(self, call: ast.Call, ways: list[Node]) -> list[Node]:
        inner = [node for each in call.args for node in self._expression(each)]
        steps = [one for one in inner if one.kind is Kind.STEP]
        waits = [one for one in inner if one.kind is not Kind.STEP]
        alone = len(call.args) == 1 and not isinstance(call.args[0], ast.Starred)
        if alone and waits and not ways:
            return inner  # the one thing that is awaited says it all
        given = [each.value if isinstance(each, ast.Starred) else each for each in call.args]
        came = ", ".join(words_of(_name_of(one)) for one in given if _name_of(one))
        title = ("Until it comes" if alone else "Until the first of these comes") + (f": {came}" if came else "")
        return [*steps, self._around(Kind.FIRST, title, call, [*waits, *ways])]

    def _around(self, kind: Kind, title: str, where: ast.expr | ast.stmt | ast.pattern, inside: list[Node]) -> Node:
        place = place_of(self._known, where)
        beside = self._known.source.clauses_beside(place.first, place.first) if kind is Kind.WAY else ()
        return Node(kind, title, place, clauses=beside, inside=tuple(inside))


def _name_of(one: ast.expr) -> str:
    """How a variable or an attribute is called; empty for anything else."""
    match one:
        case ast.Name(name) | ast.Attribute(_, name):
            return name
        case _:
            return ""


def _unless_empty(node: Node) -> list[Node]:
    return [node] if node.inside else []


def _ends_of(value: ast.expr) -> list[ast.expr]:
    return [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
