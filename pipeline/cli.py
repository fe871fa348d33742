"""The command line: ``ontograft kg | link | fit | predict | explain | query | serve | demo | ...``.

Each command imports what it needs when it runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from .. import __version__
from ..errors import OntograftError
from .cli_explain import explain
from .cli_labels import labels
from .cli_link import link
from .cli_options import (
    Baselines,
    Corpus,
    IdColumn,
    Json,
    LabelColumn,
    Model,
    Ontology,
    OverlayFile,
    SkipBadRows,
    TextColumn,
    argument,
)
from .cli_predict import predict
from .cli_query import export, query
from .cli_serve import serve

HELP = """Graft an ontology onto a text encoder: link, fine-tune, classify, ask.

Begin with [bold]ontograft demo[/bold], which shows all of it on a small sample in a few minutes.
With your own ontology and texts:

  ontograft kg terms.ttl                       what is in the ontology
  ontograft link terms.ttl texts.csv --out mentions.jsonl
  ontograft labels project.yaml                which concepts the labels stand for
  ontograft fit project.yaml                   read, link, fine-tune, evaluate, save
  ontograft evaluate runs/model test.csv
  ontograft predict runs/model texts/ --out results
  ontograft explain runs/model "A text."
  ontograft serve runs/model --results results
"""

app = typer.Typer(
    name="ontograft",
    help=HELP,
    rich_markup_mode="rich",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ontograft {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the whole traceback of an error, and the log.")
    ] = False,
    _: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    if debug:
        os.environ["ONTOGRAFT_DEBUG"] = "1"
        logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")


@app.command()
def kg(
    ontology: Ontology,
    language: Annotated[
        str | None,
        typer.Option("--language", "-l", help="Refuse an ontology without labels in it."),
    ] = None,
    problems: Annotated[int, typer.Option(help="How many of the problems found to show.")] = 10,
    overlay: OverlayFile = None,
    json: Json = None,
) -> None:
    """Say what is in an ontology: concepts, labels by language, relations, depth, roots, problems.

    [bold]Examples[/bold]

      ontograft kg doid.obo
      ontograft kg thesaurus.ttl --language de --problems 50
    """
    from ..kg import KnowledgeGraph
    from .console import TerminalReporter, print_graph
    from .files import to_json, write_text
    from .summary import summarise

    with TerminalReporter() as reporter, reporter.stage("reading the ontology"):
        graph = KnowledgeGraph.read(ontology, language=language, overlay=overlay)
        summary = summarise(graph, language=language or "en", problems=problems)
    print_graph(summary)
    if json is not None:
        write_text(json, to_json(summary) + "\n")


app.command()(link)


@app.command()
def fit(
    project: Annotated[
        Path | None,
        argument("PROJECT.yaml", "The project file."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="The folder for the model; the project's own unless given."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue an interrupted run in that folder.")
    ] = False,
    baselines: Baselines = False,
    json: Json = None,
    explain_settings: Annotated[
        bool, typer.Option("--explain-settings", help="List every setting of a project file.")
    ] = False,
) -> None:
    """Read, link, fine-tune, evaluate, and save a model folder.

    The smallest project file:

      ontology: terms.ttl
      corpus: {train: train.csv, text: text, label: label}
      output: runs/first

    Every setting with its default: [bold]ontograft fit --explain-settings[/bold]. For plain BERT,
    to compare with: knowledge: {channels: []}

    With --baselines, a table follows with what else could be done with the same texts: label-names
    (no label used), tfidf-svm, bilstm, probe-text and probe-grafted (frozen encoder, without and
    with knowledge), bert (plain fine-tuning). After a run that is finished, --resume --baselines
    adds them without training anew.

    [bold]Examples[/bold]

      ontograft fit project.yaml
      ontograft fit project.yaml --baselines --json scores.json
      ontograft fit project.yaml --out runs/second
      ontograft fit project.yaml --resume
    """
    from .console import print_settings

    if explain_settings:
        print_settings()
        return
    if project is None:
        raise typer.BadParameter("name a project file, or ask for --explain-settings")
    from .settings import Project

    settings = Project.read(project)
    from .fit_command import fit_project

    try:
        fit_project(settings, out=out, resume=resume, with_baselines=baselines, json=json)
    except KeyboardInterrupt:
        typer.echo("interrupted: continue with the same command and --resume", err=True)
        raise typer.Exit(130) from None


@app.command()
def evaluate(
    model: Model,
    corpus: Corpus,
    json: Json = None,
    id: IdColumn = None,
    text: TextColumn = None,
    label: LabelColumn = None,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Measure a model on labelled texts: accuracy, precision, recall, F1, confusion, loss.

    Columns are called as in the model's project unless named here.

    [bold]Example[/bold]

      ontograft evaluate runs/doid test.jsonl --json scores.json
    """
    from ..data import CorpusColumns, ReadReport, read_corpus
    from .console import TerminalReporter, print_metrics
    from .files import to_json, write_text
    from .prediction import Classifier

    with TerminalReporter() as reporter:
        with reporter.stage("loading the model"):
            classifier = Classifier.load(model)
        project, report = classifier.parts.project, ReadReport()
        stated = project.corpus
        documents = read_corpus(
            corpus,
            columns=CorpusColumns(
                id=id or stated.id, text=text or stated.text, label=label or stated.label
            ),
            task=project.task,
            on_bad_row="skip" if skip_bad_rows else "error",
            report=report,
        )
        with reporter.stage("evaluating") as progress:
            metrics = classifier.evaluate(documents, progress=progress)
    if report.rejected:
        typer.echo(f"{corpus}: {report.summary()}", err=True)
    print_metrics(metrics, title=corpus.name, names=classifier.label_names, details=True)
    if json is not None:
        write_text(json, to_json(metrics) + "\n")


app.command()(labels)
app.command()(predict)
app.command()(explain)
app.command()(query)
app.command()(export)
app.command()(serve)


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to work in.")] = Path(
        "ontograft-demo"
    ),
) -> None:
    """Show all of it on the embedded sample, in a few minutes, and what to try next."""
    from .demo import run_demo

    run_demo(out)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; an error that the user can mend is one line and exit code 1."""
    # By default idle threads spin, and on a machine with other work to do, that made training five
    # times slower. It must be said before PyTorch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        app(args=arguments, standalone_mode=True)
    except OntograftError as error:
        _fail(str(error), error)
    except BrokenPipeError:
        # The reader of our output went away: say nothing, and nothing more on exit.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        sys.exit(1)
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        _fail(what, error)
    except MemoryError as error:
        _fail("out of memory; try a smaller training.batch_size or max_length", error)


def _fail(message: str, error: BaseException) -> NoReturn:
    if os.environ.get("ONTOGRAFT_DEBUG"):
        raise error
    typer.echo(f"error: {' '.join(message.split())}", err=True)
    sys.exit(1)
