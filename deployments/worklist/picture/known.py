"""What a name in a procedure's source stands for: an object, the type of a value, the forms a variable can hold."""

from __future__ import annotations

import ast
import importlib
import typing
from types import FunctionType, ModuleType
from typing import Any, TypeVar

from deployments.worklist.picture.source import Source, hints_of, source_of


class Known:
    """What can be told of the names in one function, without running it."""

    def __init__(self, function: FunctionType, syntax: ast.FunctionDef) -> None:
        self.source: Source = source_of(function.__module__)
        self.names: dict[str, Any] = dict(self.source.names)
        self.returns: Any = hints_of(function).get("return")
        self._types: dict[str, Any] = {}
        self._classes: dict[str, set[type]] = {}
        self._take_parameters(function, syntax)
        for statement in ast.walk(syntax):
            self._take(statement)

    def stands_for(self, expression: ast.expr) -> Any:
        """The object that an expression names; None where it is made only while the flow runs."""
        match expression:
            case ast.Name(name):
                return None if name in self._types else self.names.get(name)
            case ast.Attribute(value, name):
                holder = self.stands_for(value)
                if isinstance(holder, type | ModuleType):
                    return getattr(holder, name, None)
                return getattr(self.type_of(value), name, None)
            case _:
                return None

    def type_of(self, expression: ast.expr) -> type | None:
        """The class of what an expression gives, as annotations tell it."""
        match expression:
            case ast.Name(name):
                return _plain(self._types.get(name))
            case ast.Attribute(value, name):
                holder = self.type_of(value)
                return None if holder is None else _plain(hints_of(holder).get(name))
            case ast.Call(called):
                known = self.stands_for(called)
                if isinstance(known, type):
                    return known
                return _plain(hints_of(known).get("return")) if isinstance(known, FunctionType) else None
            case _:
                return None

    def classes_in(self, expression: ast.expr) -> tuple[type, ...]:
        """The classes that an expression can be, in their order: a form by name, one of two, a variable's."""
        match expression:
            case ast.IfExp(_, one, other):
                return tuple(dict.fromkeys((*self.classes_in(one), *self.classes_in(other))))
            case ast.Name(name) if name in self._classes:
                found = self._classes[name]
                below = {sub for known in found for sub in _all_below(known)}
                return tuple(sorted(found | below, key=lambda known: (len(known.__mro__), known.__name__)))
            case ast.Name() | ast.Attribute():
                known = self.stands_for(expression)
                return (known,) if isinstance(known, type) else ()
            case _:
                return ()

    def _take_parameters(self, function: FunctionType, syntax: ast.FunctionDef) -> None:
        hints = hints_of(function)
        arguments = syntax.args
        owner = self.names.get(function.__qualname__.split(".")[0])
        for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            self._annotated(one.arg, hints.get(one.arg))
        if arguments.args and arguments.args[0].arg == "self" and isinstance(owner, type):
            self._types["self"] = owner

    def _take(self, statement: ast.AST) -> None:
        match statement:
            case ast.ImportFrom(module, aliases) if module:
                found = vars(importlib.import_module(module))
                self.names |= {alias.asname or alias.name: found.get(alias.name) for alias in aliases}
            case ast.AnnAssign(ast.Name(name), annotation):
                self._annotated(name, self._evaluated(annotation))
            case ast.Assign([ast.Tuple(targets)], ast.Tuple(values)):
                for target, value in zip(targets, values, strict=False):
                    self._assigned(target, value)
            case ast.Assign([target], value):
                self._assigned(target, value)
            case ast.NamedExpr(target, value):
                self._assigned(target, value)
            case _:
                pass

    def _assigned(self, target: ast.expr, value: ast.expr) -> None:
        if not isinstance(target, ast.Name):
            return
        classes = self.classes_in(value)
        if classes:
            self._classes.setdefault(target.id, set()).update(classes)
        elif self._types.get(target.id) is None:
            self._types[target.id] = self.type_of(value)

    def _annotated(self, name: str, annotation: Any) -> None:
        if typing.get_origin(annotation) is type:
            bound = _plain(typing.get_args(annotation)[0])
            if bound is not None:
                self._classes.setdefault(name, set()).add(bound)
            return
        self._types[name] = annotation

    def _evaluated(self, annotation: ast.expr) -> Any:
        match annotation:
            case ast.Subscript(ast.Name("type"), inner):
                known = self.stands_for(inner)
                return type[known] if isinstance(known, type) else None
            case ast.Name() | ast.Attribute():
                return self.stands_for(annotation)
            case _:
                return None


def _plain(annotation: Any) -> type | None:
    """The class behind an annotation: of `X | None` X, of `Wait[X]` Wait, of a type variable its bound."""
    if isinstance(annotation, TypeVar):
        return _plain(annotation.__bound__)
    if isinstance(annotation, type) and not typing.get_args(annotation):
        return annotation
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if isinstance(origin, type) and origin.__module__ != "types":
        return origin
    held = [one for one in inner if one is not type(None)]
    return _plain(held[0]) if len(held) == 1 else None


def _all_below(known: type) -> set[type]:
    below: list[type] = type.__subclasses__(known)
    return {sub for direct in below for sub in (direct, *_all_below(direct))}
