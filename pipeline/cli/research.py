"""Commands for those who judge or extend the extraction: topic, eval."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.shared import command, path_of, topic_files
from pipeline.errors import EXIT_OK, EXIT_PROBLEMS


@command("topic")
def topic_command(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="A topic file, or the name of a topic.")],
    paths: Annotated[list[Path] | None, typer.Argument(
        metavar="PATH", parser=path_of,
        help="Text, HTML or WARC files, or folders; without: only the file's own examples.")] = None,
    show: Annotated[int, typer.Option(metavar="N", help="Places shown for each entry.", min=0)] = 3,
) -> int:
    """What a topic file finds and leaves out, and may have forgotten. For writing one.

    Example: auszug topic corpora/topics/sro.toml minutes/
    """
    from pipeline.extract.topics import load_topic
    from pipeline.output import screen
    from pipeline.topic_trial import TopicFind, failed_examples, topic_finds

    (file,) = topic_files([topic])
    loaded = load_topic(file)
    broken = list(failed_examples(loaded))
    for line in broken:
        print(f"auszug: {file}: {line}", file=sys.stderr)
    finds: list[TopicFind] = []
    for found in topic_finds(loaded, paths or ()):
        if isinstance(found, TopicFind):
            finds.append(found)
        else:
            print(f"auszug: {found.address}: {found.message}", file=sys.stderr)
    print(f"{loaded.id}: {loaded.title}; {len(loaded.terms)} terms, {len(loaded.near_misses)} near misses, examples "
          f"{'broken' if broken else 'all as they should be'}")
    screen.print_finds(finds, show=show)
    return EXIT_PROBLEMS if broken else EXIT_OK


@command("eval")
def eval_command(
    gold: Annotated[Path, typer.Argument(metavar="GOLD_DIR", help="A folder of annotated documents (*.json).")],
    by_style: Annotated[bool, typer.Option("--by-style", help="A row for each style of minutes.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    held_out: Annotated[Path | None, typer.Option(metavar="FILE", help="Ids put aside while tuning.")] = None,
    show: Annotated[int, typer.Option(metavar="N", help="Print the first N differences.", min=0)] = 0,
) -> int:
    """How good the extraction is on annotated documents. With intervals and calibration.

    Example: auszug eval my-sample/ --by-style
    """
    import json

    from pipeline import evaluate
    from pipeline import gold as documents

    ids = evaluate.read_ids(held_out) if held_out else None
    evaluation = evaluate.evaluate(documents.load(gold))
    if json_:
        print(json.dumps(evaluate.as_json(evaluation, held_out=ids), ensure_ascii=False))
        return EXIT_OK
    for difference in evaluation.differences()[:show]:
        print(difference)
    print(evaluate.report(evaluation, held_out=ids, by_style=by_style))
    return EXIT_OK
