"""Commands that speak: help texts, errors and summaries of the command line in English or Chinese, 80 columns wide.

A command is written as for click alone; what it says in Chinese stands in zh.toml under its English sentence.
"""
from __future__ import annotations

import inspect
import io
import os
import sys
from typing import Any

import click

from pipeline.messages import LANGUAGES, language, of_locale, say, speak
from pipeline.messages.terminal import fitted

COLUMNS = 78
_HEADS = {"Options": "选项", "Commands": "命令"}
_EXTRAS = {"default": "默认", "required": "必填"}


def told(sentence: str) -> None:
    """Say a sentence on stderr; on a terminal lines break between words."""
    said = say(sentence)
    if sys.stderr.isatty():
        said = "\n".join("\n".join(fitted(line, COLUMNS)) for line in said.split("\n"))
    click.echo(said, err=True)


def _language_option() -> click.Option:
    def chosen(context: click.Context, option: click.Parameter, value: str | None) -> None:
        if value:
            speak(value)

    return click.Option(["--lang"], type=click.Choice(LANGUAGES), is_eager=True, expose_value=False, callback=chosen,
                        help="Language of what is said  [default: that of the locale]")


class Speaking(click.Command):
    """A command whose help is in the language spoken, with the option --lang."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.params.append(_language_option())

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The line of the usage."""
        prefix = "用法：" if language() == "zh" else None
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The paragraphs of the help."""
        for paragraph in paragraphs(self.help or ""):
            formatter.write_paragraph()
            with formatter.indentation():
                _write(formatter, say(paragraph))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, each with its help."""
        records = [record for record in (option.get_help_record(ctx) for option in self.get_params(ctx)
                                      if isinstance(option, click.Option)) if record]
        if records:
            _section(formatter, "Options", [(names, _option_help(said)) for names, said in records])


class Commands(Speaking, click.Group):
    """The group of all commands: turns errors that a person can mend into a sentence and an exit code."""

    command_class = Speaking

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run the command line in the language of the locale, unless --lang names another."""
        given = list(options.get("args") or (arguments[0] if arguments else None) or sys.argv[1:])
        speak(_asked(given) or of_locale(os.environ))
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")  # a terminal that has no Chinese still shows the rest
        return super().main(*arguments, **options)

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        """Read the arguments of the group."""
        try:
            return super().make_context(*arguments, **options)
        except click.UsageError as error:
            raise _spoken(error) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; 1: the data is not good, 2: the call is wrong."""
        from pipeline.errors import UnionMetricsError

        try:
            return super().invoke(ctx)
        except UnionMetricsError as error:
            told(f"Error: {in_words(error)}")
            ctx.exit(error.exit_code)
        except click.UsageError as error:
            raise _spoken(error) from None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, then the commands with the first sentence of each."""
        Speaking.format_options(self, ctx, formatter)
        named = [(name, self.commands[name]) for name in self.list_commands(ctx)]
        _section(formatter, "Commands", [
            (name, say(next(iter(paragraphs(command.help or "")), ""))) for name, command in named])


def _asked(given: list[str]) -> str | None:
    """The language that the arguments ask for, wherever --lang stands: a help that comes before it speaks it too."""
    pairs = zip(given, [*given[1:], ""], strict=True)
    named = [word.partition("=")[2] or after for word, after in pairs if word.partition("=")[0] == "--lang"]
    return named[-1] if named and named[-1] in LANGUAGES else None


def in_words(error: Exception) -> str:
    """An error as a sentence in the language spoken: what, where, and what to do."""
    problem, remedy = getattr(error, "problem", None), getattr(error, "remedy", None)
    if language() == "en" or problem is None:
        return str(error)
    where = "，".join(filter(None, (getattr(error, "file", None), say(getattr(error, "place", None) or ""))))
    said = [f"{where}：{say(problem)}" if where else say(problem), say(remedy) if remedy else ""]
    return "".join(part if part.endswith(("。", "！", "？", ".")) else f"{part}。" for part in said if part)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a help text, each in one line."""
    return [" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n") if part.strip()]


def _option_help(said: str) -> str:
    """An option's help without its extras (default, required), said, and the extras behind it."""
    head, bracket, extras = said.partition("  [")
    if language() == "en" or not bracket:
        return say(head) + bracket + extras
    parts = [part.partition(": ") for part in extras.removesuffix("]").split("; ")]
    translated = [_EXTRAS.get(name, name) + (f"：{say(value)}" if colon else "") for name, colon, value in parts]
    return f"{say(head)}{bracket}{'；'.join(translated)}]"


def _section(formatter: click.HelpFormatter, name: str, records: list[tuple[str, str]]) -> None:
    with formatter.section(_HEADS[name] if language() == "zh" else name):
        if language() == "en":
            return formatter.write_dl(records)
        column = min(max(len(names) for names, _ in records), 28) + 4
        formatter.write_dl([(names, _raw(said, formatter.width - column - 2)) for names, said in records])


def _write(formatter: click.HelpFormatter, text: str) -> None:
    formatter.write_text(text if language() == "en" else _raw(text, formatter.width - 4))


def _raw(text: str, columns: int) -> str:
    """Text in lines of its own, which click then leaves as they are; it would count a Chinese character as one."""
    return "\b\n" + "\n".join(fitted(text, columns))


class _SpokenUsageError(click.UsageError):
    def show(self, file: Any = None) -> None:
        """Print the usage, where help is, and the error."""
        if self.ctx is not None:
            click.echo(f"{self.ctx.get_usage()}\n请用“{self.ctx.command_path} --help”查看帮助。\n", err=True)
        click.echo(f"错误：{self.message}", err=True)


def _spoken(error: click.UsageError) -> click.UsageError:
    """The error itself in English; in Chinese one that says the same."""
    return error if language() == "en" else _SpokenUsageError(say(error.format_message()), error.ctx)
