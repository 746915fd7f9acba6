"""What the commands tell on the screen: summaries of batches and harvests, the status, the list of queries.

Part of `output`; called by `cli`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import TaskID

    from pipeline.build import Summary
    from pipeline.harvest import Finding, RunReport
    from pipeline.last_run import LastRun
    from pipeline.output.query import Parameter, Query
    from pipeline.output.status import Status
    from pipeline.topic_trial import TopicFind


@contextmanager
def progress() -> Iterator[Callable[[str, int, int | None], None] | None]:
    """Bars on stderr where that is a terminal, from the first call on; else None.

    One for each stage that is under way: the pages of one corpus may be read while the rows of another are made.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    bars = Progress(SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn(),
                    console=Console(stderr=True), transient=True)
    stages: dict[str, TaskID] = {}

    def tell(stage: str, done: int, total: int | None) -> None:
        bars.start()
        if stage not in stages:
            for bar in [bar for bar in bars.tasks if bar.finished]:
                bars.remove_task(stages.pop(bar.description))
            stages[stage] = bars.add_task(stage, total=total)
        bars.update(stages[stage], completed=done, total=total)

    try:
        yield tell
    finally:
        bars.stop()


def counted(number: int, noun: str) -> str:
    """`1 page`, `2 pages`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def print_summary(summary: Summary) -> None:
    """What a batch did: meetings, items, statements, decisions, problems, and where the database is."""
    from rich.table import Table

    from pipeline.output.terminal import a_console

    errors = summary.new_errors + summary.known_errors
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for label, number in (("meetings", summary.meetings), ("items with text", summary.items),
                          ("statements", summary.statements), ("decisions", summary.decisions),
                          ("problems", errors + summary.warnings)):
        table.add_row(label, f"{number:,}")
    a_console(sys.stdout).print(table)
    print(f"corpora: {', '.join(summary.corpora)}; {counted(summary.pages, 'page')} in {summary.seconds:.1f} s")
    if errors or summary.warnings:
        print(f"problems: {counted(summary.new_errors, 'new error')}, {counted(summary.known_errors, 'known error')}, "
              f"{counted(summary.warnings, 'warning')}; see them with: auszug status")
    print(f"published: {summary.database}" if summary.database else "dry run: nothing was kept")


def print_report(report: RunReport) -> None:
    """What a harvest did, in a line; its message on stderr."""
    print(f"{report.corpus}: {report.new} new, {report.changed} changed, {report.unchanged} unchanged, "
          f"{report.not_public} not public, {report.failed} failed; {counted(report.requests, 'request')}, "
          f"{report.bytes / 1e6:.1f} MB in {report.seconds:.0f} s; {report.state.replace('_', ' ')}")
    if report.message:
        remedy = f"; {report.remedy}" if report.remedy else ""
        print(f"auszug: {report.corpus}: {report.message}{remedy}", file=sys.stderr)


def tell(address: str) -> None:
    """That an address is being asked, where somebody looks on."""
    if sys.stderr.isatty():
        print(f"asking {_printable(address)}", file=sys.stderr)


def print_finding(found: Finding) -> None:
    """What a probe found; what stops a harvest on stderr."""
    if found.message:
        print(f"auszug: {found.message}{f'; {found.remedy}' if found.remedy else ''}", file=sys.stderr)
        if found.system is None:
            return
    rows = [
        ("address", found.base),
        ("system", " ".join(part for part in (found.system, found.version) if part) or "unknown"),
        ("robots.txt", found.robots + (f", Crawl-delay {found.crawl_delay:g} s" if found.crawl_delay else "")),
        ("OParl", found.oparl or "no answer"), ("calendar", found.calendar or "none found"),
        ("meetings", f"{found.meetings} in the last {found.months} months"),
        ("committees", ", ".join(name for _, name in found.committees) or "none found"),
        ("requests", f"{found.requests}, {found.latency:.1f} s to the answer on average"),
    ]
    for label, value in rows:
        print(_printable(f"{label:<12}{value}"))
    for page in found.pages:
        wrong = [f"lacks {', '.join(page.missing)}"] if page.missing else []
        told = "; ".join([page.outcome, *wrong, *page.problems])
        print(_printable(f"{page.kind:<12}{told}  {page.address}"))


def print_status(status: Status, harvests: Sequence[RunReport]) -> None:
    """Corpora, last runs and open problems, each with its page."""
    for source in status.sources:
        fetched = f", last page fetched {source.last_fetched:%Y-%m-%d %H:%M}" if source.last_fetched else ""
        last = f" (the last on {source.last_meeting})" if source.last_meeting else ""
        print(f"{source.source}: {counted(source.meetings, 'meeting')}{last}, {counted(source.items, 'agenda item')}, "
              f"{counted(source.statements, 'statement')}, {counted(source.decisions, 'decision')}{fetched}")
    print("\nlast runs")
    for run in status.runs:
        end = "did not finish" if run.finished_at is None else f"exit code {run.exit_code}"
        errors = f"{run.new_errors} new and {run.known_errors} known errors, {counted(run.warnings or 0, 'warning')}"
        counts = errors if run.pages else ""
        told = ", ".join(part for part in (end, counts, run.message) if part)
        print(_printable(f"  {run.started_at:%Y-%m-%d %H:%M} {run.command}: {told}"))
    for report in harvests:
        print(f"  {report.started[:16].replace('T', ' ')} harvest of ", end="")
        print_report(report)
    print(f"\nopen problems: {len(status.problems)}")
    for problem in status.problems:
        mark = "new " if problem.new else ""
        print(_printable(f"  {mark}{problem.severity} {problem.place}: {problem.message} [{problem.code}]"))


def print_unpublished(run: LastRun, *, running: bool) -> None:
    """A batch after the last publication that published nothing itself, or not yet."""
    unfinished = "is at work" if running else "was killed, and published nothing"
    told = unfinished if run.message is None or running else f"published nothing: {run.message}"
    print()
    print(_printable(f"{run.started:%Y-%m-%d %H:%M} {run.command}: {told}"))


def _printable(text: str) -> str:
    """Without control characters: what pages and addresses say must not steer a terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def print_finds(finds: Sequence[TopicFind], *, show: int) -> None:
    """What a topic finds and nearly finds, by entry, most frequent first, each with `show` places."""
    titles = {"core": "core terms", "related": "related terms", "excluded": "left out",
              "similar": "similar, not covered"}
    for verdict, title in titles.items():
        groups: dict[str, list[TopicFind]] = {}
        for one in finds:
            if one.verdict == verdict:
                groups.setdefault(one.term if verdict == "similar" else one.label, []).append(one)
        if groups:
            print(f"\n{title}")
        for label, places in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
            print(_printable(f"{len(places):>6}  {label}"))
            for place in places[:show]:
                gap = "" if place.after[:1] in (*",.;:!?)",) else " "
                print(_printable(f"        {place.before} [{place.term}]{gap}{place.after}  ({place.source})"))


def print_queries(queries: Iterable[Query]) -> None:
    """The named queries with their questions and parameters."""
    for one in queries:
        print(f"{one.name:<22} {one.question}")
        if one.parameters:
            print(f"{'':<22} -p {', '.join(map(_parameter, one.parameters))}")


_SHORT = 20
"""Characters of a default that the list of queries shows; longer ones are in the catalogue."""


def _parameter(parameter: Parameter) -> str:
    """A parameter's name with its default, or with `=...` where it has to be given."""
    if parameter.required:
        return f"{parameter.name}=... (needed)"
    if parameter.default is None:
        return parameter.name
    default = str(parameter.default).lower() if isinstance(parameter.default, bool) else str(parameter.default)
    return f"{parameter.name}={default if len(default) <= _SHORT else '...'}"
