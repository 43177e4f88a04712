"""Source code in words: conditions, patterns, people and names as a reader understands them."""

from __future__ import annotations

import ast
import re
from enum import Enum

from models.forms.base import Form, Signal

LONGEST = 90
"""How many characters of a condition are shown."""
_KNOWN = {
    "Due": "the time has come",
    "Closed": "a case has closed",
    "Accepted": "accepted",
    "Refused": "refused",
    "Silent": "nobody has replied",
}
"""What the words for flow authors mean to a reader."""
UNKNOWN = "what was found"
"""What stands for an expression that has no name."""
_GIVEN = "whoever it is given to"
"""Who is asked, where the source has no word for them."""
_CALLED = {"first of": "what came", "send": "it could be sent", "cast": UNKNOWN}
"""What calls stand for in a condition, where their name does not say it."""
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Gt: "more than",
    ast.Lt: "less than",
    ast.GtE: "at least",
    ast.LtE: "at most",
}


def words_of(name: str) -> str:
    """A name as words: `follow_up_ownership` and `follow-up` as "follow up …", `ContactReview` as "contact review"."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name) if name != name.upper() else name
    return " ".join(re.split(r"[-_:\s]+", spaced.strip("_"))).lower()


def capital(text: str) -> str:
    """With a capital first letter."""
    return text[:1].upper() + text[1:]


def condition(test: ast.expr, names: dict[str, object]) -> str:
    """A condition in a few words."""
    text = _said(test, names)
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rsplit(' ', 1)[0]} …"


def pattern(case: ast.match_case, names: dict[str, object]) -> str:
    """What one case of a match stands for."""
    text = _pattern(case.pattern, names)
    return f"{text}, if {condition(case.guard, names)}" if case.guard is not None else text


def each_of(iterated: ast.expr, names: dict[str, object]) -> str:
    """What a loop goes through."""
    while isinstance(iterated, ast.Call) and iterated.args and _last_name(iterated) in {"enumerate", "sorted", "list"}:
        iterated = iterated.args[0]
    return "several things" if isinstance(iterated, ast.Tuple | ast.List) else condition(iterated, names)


def _said(test: ast.expr, names: dict[str, object]) -> str:
    match test:
        case ast.BoolOp(op, values):
            joint = " and " if isinstance(op, ast.And) else " or "
            said = dict.fromkeys(_said(one, names) for one in values)
            return joint.join(one for one in said if one != UNKNOWN) or UNKNOWN
        case ast.UnaryOp(ast.Not(), ast.Call() as operand):
            return f"{_said(operand, names)}: no"
        case ast.UnaryOp(ast.Not(), operand):
            return f"not {_said(operand, names)}"
        case ast.NamedExpr(_, value):
            return _said(value, names)
        case ast.Compare(left, [sign], [right]):
            return _compared(left, sign, right, names)
        case ast.Call(ast.Name("isinstance"), [what, of]):
            return f"{_said(what, names)}: {_said(of, names)}"
        case ast.Call(ast.Name("bool" | "len" | "any"), [what]):
            return _said(what, names)
        case ast.Call():
            name = words_of(_last_name(test))
            return _CALLED.get(name, name.removeprefix("look up ").removeprefix("look whether "))
        case ast.Constant(value):
            return words_of(value) if isinstance(value, str) else str(value).lower()
        case ast.Attribute() | ast.Name():
            return _named(test, names)
        case ast.Subscript(value):
            return _said(value, names)
        case ast.BinOp(left):
            return _said(left, names)
        case ast.Tuple(several) | ast.List(several) | ast.Set(several):
            return " or ".join(_said(one, names) for one in several) or UNKNOWN
        case ast.JoinedStr():
            return "as it is worded"
        case _:
            return UNKNOWN


def _compared(left: ast.expr, sign: ast.cmpop, right: ast.expr, names: dict[str, object]) -> str:
    one, other = _said(left, names), _said(right, names)
    if isinstance(sign, ast.In | ast.NotIn) and not isinstance(right, ast.Tuple | ast.List | ast.Set):
        one, other = other, one  # `kind in sorting.kinds` says something about the kinds
    if one == other:
        one, other = _in_full(left, one, names), _in_full(right, other, names)
    nothing = isinstance(right, ast.Constant) and right.value is None
    match sign:
        case ast.Is() | ast.Eq() | ast.In():
            return f"no {one}" if nothing else f"{one}: {other}"
        case ast.IsNot() | ast.NotEq() | ast.NotIn():
            return _is_there(left, one) if nothing else f"{one}: not {other}"
        case _:
            return f"{one} {_SIGNS.get(type(sign), 'beside')} {other}"


def _is_there(left: ast.expr, said: str) -> str:
    if isinstance(left, ast.Call):
        return f"{said}: yes"
    return f"{said} are there" if said.endswith("s") and not said.endswith("ss") else f"{said} is there"


def _in_full(one: ast.expr, said: str, names: dict[str, object]) -> str:
    if not isinstance(one, ast.Attribute) or isinstance(_member(one, names), Enum):
        return said
    return f"{said} of {_said(one.value, names)}"


def _named(test: ast.Attribute | ast.Name, names: dict[str, object]) -> str:
    found = names.get(test.id) if isinstance(test, ast.Name) else _member(test, names)
    if isinstance(found, Enum):
        return words_of(str(found.value))
    name = test.id if isinstance(test, ast.Name) else test.attr
    if isinstance(found, type):
        return _class_in_words(found, name)
    return words_of(name)


def _member(test: ast.Attribute, names: dict[str, object]) -> object:
    holder = names.get(test.value.id) if isinstance(test.value, ast.Name) else None
    return getattr(holder, test.attr, None) if isinstance(holder, type) else None


def _class_in_words(known: type, name: str) -> str:
    if name in _KNOWN:
        return _KNOWN[name]
    titled = issubclass(known, Form | Signal)
    return str(getattr(known, "title", words_of(name))) if titled else words_of(name)


def _pattern(one: ast.pattern, names: dict[str, object]) -> str:
    match one:
        case ast.MatchAs(inner, _) if inner is not None:
            return _pattern(inner, names)
        case ast.MatchOr(patterns):
            return " or ".join(_pattern(each, names) for each in patterns)
        case ast.MatchValue(value):
            return _said(value, names)
        case ast.MatchClass(cls, _, attributes, patterns):
            said = _said(cls, names)
            more = {
                words_of(attribute): _pattern(each, names)
                for attribute, each in zip(attributes, patterns, strict=True)
                if not isinstance(each, ast.MatchAs)
            }
            if said == _KNOWN["Due"] and "name" in more:
                return f"{said}: {more['name']}"
            return ", ".join([said, *(f"{name}: {value}" for name, value in more.items())])
        case ast.MatchSingleton(value):
            return "none" if value is None else "yes" if value else "no"
        case _:
            return "anything else"


def _last_name(test: ast.expr) -> str:
    match test:
        case ast.Call(function):
            return _last_name(function)
        case ast.Attribute(_, attr):
            return attr
        case ast.Name(name):
            return name
        case _:
            return UNKNOWN


def whom(asked: ast.expr, names: dict[str, object]) -> str:
    """Who is asked or told: a role by its name; else what the source calls them."""
    match asked:
        case ast.List(several) | ast.Tuple(several):
            return " and ".join(dict.fromkeys(whom(one, names) for one in several))
        case ast.IfExp(_, one, other):
            return " or ".join(dict.fromkeys((whom(one, names), whom(other, names))))
        case ast.BoolOp(_, values):
            return " or ".join(dict.fromkeys(whom(one, names) for one in values))
        case ast.ListComp() | ast.GeneratorExp() | ast.Starred():
            return "those concerned"
        case ast.Call(ast.Name("role" | "recipient" | "staff" | "team"), [inner]):
            return whom(inner, names)
        case ast.Call(ast.Attribute(ast.Name("Recipient"), _), [inner]):
            return whom(inner, names)
        case ast.Subscript(value) | ast.Attribute(value, "recipient"):
            return whom(value, names)
        case _:
            pass
    if {"policy", "gaps"} & {one.id for one in ast.walk(asked) if isinstance(one, ast.Name)}:
        return "whom policy names"
    said = _said(asked, names).removesuffix(" of")
    return _GIVEN if said in {"of", "to", "by", "who", "whom", "worker tag", UNKNOWN} else said.removeprefix("look up ")
