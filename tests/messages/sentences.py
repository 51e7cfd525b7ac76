"""Collects from the source every sentence said to people: errors, refusals, stages, helps; no test lives here."""
from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.messages.commands import paragraphs
from tests.conftest import REPOSITORY

SAYING = {"UserError", "DataError", "Refusal", "UndecodableError", "needed", "stage", "told", "say", "Warned"}
NAMED = {"reason", "remedy", "problem", "problems", "warnings", "REMEDY"}  # variables that hold sentences
SILENT = ("vocabulary", "extract", "report/assets")  # what is wrong there is told to developers


def spoken() -> dict[str, str]:
    """Each sentence with {} where something differs, and the file that says it."""
    found: dict[str, str] = {}
    for path in sorted((REPOSITORY / "pipeline").rglob("*.py")):
        name = path.relative_to(REPOSITORY / "pipeline").as_posix()
        if not name.startswith(SILENT):
            for sentence in _in_file(path):
                found.setdefault(sentence, name)
    return found


def _in_file(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _name(node.func) in SAYING:
            for argument in (*node.args, *(k.value for k in node.keywords if k.arg not in ("file", "place"))):
                yield from _texts(argument)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(_name(target) in NAMED for target in targets):
                yield from _texts(node.value)


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _texts(node: ast.AST) -> Iterator[str]:
    """The sentences of an expression: of a choice both, of a list each, of a formatted string its pattern."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    elif isinstance(node, ast.JoinedStr):
        text = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    elif isinstance(node, ast.IfExp | ast.List | ast.Tuple | ast.Starred | ast.BinOp | ast.ListComp):
        parts = [node.elt] if isinstance(node, ast.ListComp) else ast.iter_child_nodes(node)
        for part in parts:
            yield from _texts(part)
        return
    else:
        return
    if len([word for word in text.replace("{}", " ").split() if word.isalpha()]) > 1:
        yield text


def helps(group: click.Group) -> Iterator[str]:
    """The paragraphs of the helps of a group and its commands, and the helps of their options."""
    for command in (group, *group.commands.values()):
        yield from paragraphs(command.help or "")
        yield from (option.help for option in command.params if isinstance(option, click.Option) and option.help)
