"""The commands: each takes its options apart and calls one function of another module; no logic lives here."""
from __future__ import annotations

import atexit
import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline import __version__
from pipeline.arguments import DATASET, FOLDER, PLACE
from pipeline.messages import say
from pipeline.messages.commands import Commands, in_words, told

if TYPE_CHECKING:
    from pipeline.build import BuildResult
    from pipeline.places import Place
RAW, OUT = Path("data/raw"), Path("data/processed")
NAMED = 5  # refusals that the summary of a build names


def colour() -> bool | None:
    """Whether output is in colour: never where NO_COLOR is set, else where it goes to a terminal."""
    return False if os.environ.get("NO_COLOR") else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(__version__, prog_name="union-metrics")
def main() -> None:
    """Newspaper pages about trade unions in, a statistical dataset out.

    Exit codes: 0 done, 1 the data is not good, 2 the call is wrong.
    """


OCR = click.option("--ocr", is_flag=True, help="Recognise pictures of text in PDF files, with Tesseract.")


def _build_options(command: Any) -> Any:
    """The options that `build` and `watch` share."""
    for option in reversed((
        click.option("--raw", type=PLACE, default=RAW, show_default=True,
                     help="Folder or address with the pages and issues.csv."),
        click.option("--out", type=PLACE, default=OUT, show_default=True,
                     help="Folder or address to publish the dataset in."),
        click.option("--local", type=FOLDER,
                     help="Folder that keeps what was read, where --out is an address."),
        click.option("--corrections", type=PLACE, metavar="FILE",
                     help="What people corrected  [default: corrections.csv beside the folder of the pages]"),
        click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, metavar="N",
                     help="How many processes read pages."),
        click.option("--engine", type=click.Choice(["serial", "processes", "dask"]), metavar="NAME",
                     help="How pages are spread: serial, processes, dask  [default: what fits the workers]"),
        click.option("--scheduler", metavar="ADDRESS",
                     help="Dask scheduler whose workers read pages, as in tcp://HOST:8786."),
        OCR,
        click.option("--keep", type=click.IntRange(min=1), default=3, show_default=True, metavar="N",
                     help="How many versions stay, the new one included."),
        click.option("--strict", is_flag=True, help="Publish nothing where a family lost figures without reason."),
    )):
        command = option(command)
    return command


@main.command()
@_build_options
@click.option("--full", is_flag=True, help="Read every page again; the dataset is the same.")
@click.option("--no-wait", is_flag=True, help="End with 1 where another build is at work.")
def build(raw: Place, out: Place, workers: int, engine: str | None, no_wait: bool, **options: Any) -> None:
    """Build the dataset and publish it, all or nothing.

    Only pages that are new or changed are read.
    """
    _settle_memory()
    from pipeline.build import build as run
    from pipeline.progress import Spoken

    _summarise(run(raw, out, workers, engine, Spoken(), wait=not no_wait, **options))


def _settle_memory() -> None:
    """Tables of a build are large and short-lived: Arrow's own allocator hands each page back to the system at once.

    What the process still holds when it ends goes with it; Python would look through it for dead cycles first.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    atexit.register(gc.freeze)


def _summarise(result: BuildResult) -> None:
    for warning in result.warnings:
        told(f"Warning: {warning}.")
    for refusal in result.quarantined[:NAMED]:
        where = ", ".join(filter(None, (refusal.document, refusal.place)))
        told(f"Quarantined: {where}: {refusal.reason}. {refusal.remedy.rstrip('.')}.")
    if len(result.quarantined) > NAMED:
        told(f"Quarantined: {len(result.quarantined) - NAMED} more, all in quarantine.parquet.")
    if result.changes and result.changes.before != result.version:
        click.echo(result.changes.summary())
    counts = result.counts
    summary = (f"{counts['documents']:,} documents, {counts['articles']:,} articles, {counts['observations']:,} "
               f"observations, {counts['quarantine']:,} in quarantine: {result.out}, version {result.version}")
    click.echo(say(f"{summary}, nothing new" if result.unchanged else summary))


@main.command()
@_build_options
@click.option("--every", type=click.FloatRange(min=0.05), default=2.0, show_default=True, metavar="SECONDS",
              help="How often to look at the folder.")
@click.option("--quiet", type=click.FloatRange(min=0), default=5.0, show_default=True, metavar="SECONDS",
              help="How long nothing may change before a build.")
def watch(raw: Place, out: Place, workers: int, engine: str | None, every: float, quiet: float, **options: Any) -> None:
    """Build now, and again whenever files have arrived.

    Ends with 0 on SIGTERM or Ctrl-C; a build that is broken off publishes nothing.
    """
    _settle_memory()
    from pipeline.build import build as run
    from pipeline.corrections import default_file
    from pipeline.progress import Spoken
    from pipeline.watch import sight
    from pipeline.watch import watch as watching

    beside = [options["corrections"] or default_file(raw)]
    click.echo(say(f"Watching {raw}"))
    watching(lambda: _summarise(run(raw, out, workers, engine, Spoken(), **options)), lambda: sight(raw, beside),
             lambda error: told(f"Error: {in_words(error)}"), every, quiet)
    click.echo(say("Stopped"))


@main.command()
@click.argument("document")
@click.option("--raw", type=PLACE, default=RAW, show_default=True,
              help="Folder or address with the pages and issues.csv.")
@OCR
def page(document: str, raw: Place, ocr: bool) -> None:
    """Show a page's text as it was read, its articles and their spans."""
    from pipeline.single import extraction_of
    from pipeline.told import page_text

    click.echo(page_text(extraction_of(raw, document, ocr)), color=colour())


@main.command()
@click.argument("reference", metavar="ID")
@click.option("--raw", type=PLACE, default=RAW, show_default=True,
              help="Folder or address with the pages and issues.csv.")
@click.option("--root", type=DATASET, default=OUT, show_default=True, help="Folder or address of the dataset.")
@click.option("--json", "as_json", is_flag=True, help="Print all that there is to tell as JSON.")
def explain(reference: str, raw: Place, root: Path, as_json: bool) -> None:
    """Show a figure in its page and how each field was reached.

    ID is an observation_id or its first digits; or DOCUMENT:QUOTE, which also tells why a number is no figure.
    """
    import json

    from pipeline.explain import as_data
    from pipeline.explain import explain as answers_to

    answers = answers_to(raw, root, reference)
    if as_json:
        click.echo(json.dumps([as_data(answer) for answer in answers], ensure_ascii=False, indent=1))
    else:
        from pipeline.told import answers_text

        click.echo(answers_text(answers), color=colour())


@main.command()
@click.argument("gold_dir", type=FOLDER)
@click.option("--corpus", type=FOLDER, required=True, help="Folder with the hand-read pages.")
@click.option("--half", type=click.Choice(["tune", "check"]), help="Only the pages of that half.")
@click.option("--split", type=FOLDER, help="Table of halves  [default: GOLD_DIR/split.csv]")
@click.option("--errors", is_flag=True, help="Show each error.")
@click.option("--families", is_flag=True, help="Show the score of each family too.")
@click.option("--json", "as_json", is_flag=True, help="Print all figures of the score as JSON.")
def evaluate(gold_dir: Path, corpus: Path, half: str | None, split: Path | None, errors: bool, families: bool,
             as_json: bool) -> None:
    """Score the builder against pages read by hand."""
    import json

    from pipeline.evaluate import pair_corpus, report, tally

    pages = pair_corpus(corpus, gold_dir, half, split)
    counted = tally(pages)
    if errors:
        click.echo("".join(f"{mistake}\n" for mistake in counted.mistakes))
    click.echo(json.dumps(counted.figures) if as_json else report(pages, families))


@main.command()
@click.argument("root", type=PLACE, default=OUT)
def validate(root: Place) -> None:
    """Check a published dataset against the schemas and its checksums.

    ROOT is its folder, data/processed if not given.
    """
    from pipeline.validate import validate as problems_of

    problems = problems_of(root)
    for problem in problems:
        told(problem)
    if problems:
        sys.exit(1)
    click.echo(say(f"{root}: whole; checksums, schemas and relations hold"))


@main.command()
@click.option("--raw", type=PLACE, default=RAW, show_default=True,
              help="Folder or address with the pages and issues.csv.")
@click.option("--out", "--root", "root", type=FOLDER, default=OUT, show_default=True,
              help="Folder of the published dataset.")
@click.option("--file", type=FOLDER, help="The file to write  [default: report.html in that folder]")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, metavar="N",
              help="How many processes read pages.")
def report(raw: Place, root: Path, file: Path | None, workers: int) -> None:
    """Write one HTML page: charts, a table to search, each figure in its page.

    The page holds all that it shows, loads nothing from anywhere and opens in any browser.
    """
    from pipeline.progress import Spoken
    from pipeline.report import NAME
    from pipeline.report import report as write

    target = file or root / NAME
    size = write(raw, root, target, workers, Spoken())
    click.echo(say(f"{target}: {size / 1e6:.1f} MB; open it in a browser"))


@main.command()
@click.option("--root", type=DATASET, default=OUT, show_default=True, help="Folder or address of the dataset.")
@click.option("--to", type=FOLDER, default=Path("export"), show_default=True, help="Folder to write into.")
@click.option("--format", "formats", type=click.Choice(["csv", "xlsx", "sdmx"]), multiple=True, default=("csv",),
              show_default="csv", help="In which form; can be given several times.")
@click.option("--table", "tables", multiple=True, metavar="NAME", help="Only this table; can be given several times.")
def export(root: Path, to: Path, formats: tuple[str, ...], tables: tuple[str, ...]) -> None:
    """Write the dataset for Excel or as SDMX.

    csv: a file a table, UTF-8 as Excel likes it. xlsx: one workbook. sdmx: the panel as SDMX-CSV with its structure.
    No cell can run as a formula.
    """
    from pipeline.export import export as write

    for path in write(root, to, formats, tables):
        click.echo(path)


@main.command()
@click.argument("before", default="previous")
@click.argument("after", default="current")
@click.option("--root", type=FOLDER, default=OUT, show_default=True, help="Folder of the published dataset.")
@click.option("--rows", type=click.IntRange(min=0), default=20, show_default=True, metavar="N",
              help="How many rows to list.")
@click.option("--json", "as_json", is_flag=True, help="Print all rows as JSON.")
@click.option("--parquet", type=FOLDER, metavar="FILE", help="Write all rows to a Parquet file.")
def diff(before: str, after: str, root: Path, rows: int, as_json: bool, parquet: Path | None) -> None:
    """Show which observations came, went or changed between two versions, and why.

    BEFORE and AFTER are build ids or their first digits, or the words current and previous, which are the defaults
    in turn.
    """
    import json

    from pipeline.diff import diff as differences

    changes = differences(root, before, after)
    if parquet:
        changes.write(parquet)
    click.echo(json.dumps(changes.content(), ensure_ascii=False, indent=1) if as_json else changes.report(rows))


@main.command()
@click.argument("version", default="previous")
@click.option("--root", type=FOLDER, default=OUT, show_default=True, help="Folder of the published dataset.")
@click.option("--list", "listing", is_flag=True, help="Show the versions kept, the one published last first.")
def rollback(version: str, root: Path, listing: bool) -> None:
    """Switch the dataset to a version that is kept.

    VERSION is a build id or its first digits; by default the one published before the current one. The next build
    that finds something new publishes anew.
    """
    from pipeline import versions

    if listing:
        now = versions.current(root)
        click.echo("\n".join(f"{kept}{'  current' if kept == now else ''}" for kept in versions.versions(root)))
    else:
        click.echo(f"{root}: version {versions.rollback(root, version).name} is current")


if __name__ == "__main__":
    main()
