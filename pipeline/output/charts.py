"""The report's pictures as Vega-Lite specifications: interactive in the page, and as SVG and PNG files.

Part of `output`; rows in, specifications out. Whoever reads them need not tell colours apart: a stance is also a
direction (up, down) or a shape. Texts are given by the caller and put beside codes by expressions, so that the
pictures of both languages have the same data; dates are UTC, so that no time zone moves a meeting to another day.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import altair as alt

Spec = dict[str, Any]
Say = Callable[[str], str]
"""A text of the interface by its key, in the language of the picture."""

COLOURS = {"support": "#00707a", "conditional": "#b47700", "oppose": "#b3245a"}
"""Apart in hue and lightness also for the colour-blind (deuteranopia and protanopia simulated)."""
SHAPES = {"support": "triangle-up", "conditional": "diamond", "oppose": "triangle-down"}
OUTCOME_SHAPES = {"passed": "square", "rejected": "cross", "open": "diamond", "noted": "circle"}
OUTCOME_COLOURS = {"passed": "#1d4e89", "rejected": "#b3245a", "open": "#6b6259", "noted": "#7d8893"}
INK, FAINT, GRID = "#1c2733", "#5b6874", "#dfe4e8"
FONT = "Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"
WIDTH = 860
"""Width in pixels of the files and of the first picture in the page; in the page it then follows the window."""
PERSON_BAND, FACTION_BAND = 30, 54
"""Height in pixels of one row: a line from -1 to 1 is readable in it."""
MAX_COLUMNS = 90
"""Bars that stand apart on WIDTH pixels; with more meetings than that they are added up by quarter or year."""
AXIS, LABELS = 46, 200
"""Width in pixels of the timeline's vertical axes, the same in each lane, and of the names beside the bands."""
FILTERS = ("f_from", "f_to", "f_committee", "f_person", "f_faction")
"""Signals through which the page's filters reach a picture; empty text: no filter."""

_IN_TIME = ("(f_from == '' || datum.iso >= f_from) && (f_to == '' || substring(datum.iso, 0, 4) <= f_to)"
            " && (f_committee == '' || datum.committee == f_committee)")
_OF_PERSON = (f"{_IN_TIME} && (f_person == '' || datum.person == f_person)"
              " && (f_faction == '' || datum.faction == f_faction)")


def timeline(rows: Sequence[Mapping[str, Any]], decisions: Sequence[Mapping[str, Any]], say: Say) -> Spec:
    """Statements for and against, with reservations, mentions and decisions over time, in four lanes.

    `rows`: iso, committee, support, conditional, oppose, mentions, href. `decisions`: iso, committee, kind (of
    OUTCOME_SHAPES), outcome, votes (text), place (from 0 within the meeting), href.
    """
    data = {"timeline": list(rows), "decisions": list(decisions)}
    x = alt.X("when:T", scale=alt.Scale(type="utc", domain=_span([*rows, *decisions]), nice=False))
    bare = alt.Axis(labels=False, ticks=False, domain=False, grid=True, tickCount="year", title=None)
    about = [alt.Tooltip("day:N", title=say("date")), alt.Tooltip("committee:N", title=say("committee"))]
    counts = [alt.Tooltip(f"{name}:Q", title=say(name)) for name in ("support", "conditional", "oppose", "mentions")]
    space = WIDTH - AXIS

    def most(field: str) -> int:
        """The highest bar: those of one day (or period) are stacked."""
        heights: Counter[str] = Counter({"": 1})
        for row in rows:
            heights[row["iso"]] += row[field]
        return max(heights.values())

    def bars(field: str, colour: str, ticks: int, *, hollow: bool = False, sides: bool = False) -> alt.Chart:
        """One bar a meeting; none where there is nothing to count. The scale stays as it is under any filter."""
        negative = sides and field == "oppose"
        domain = [-most("oppose"), most("support")] if sides else [0, most(field)]
        made: alt.Chart = _over("timeline", say).transform_filter(f"datum.{field} > 0").transform_calculate(
            height=f"{'-' if negative else ''}datum.{field}")
        drawn: alt.Chart = made.mark_bar(
            color=colour, fillOpacity=0.25 if hollow else 1, stroke=colour, strokeWidth=1 if hollow else 0,
            size=alt.ExprRef(expr="max(2, width / 110)"), cursor="pointer",
        ).encode(x=x.axis(bare), y=alt.Y("height:Q", axis=_counts(ticks), scale=alt.Scale(domain=domain, nice=True)),
                 tooltip=[*about, *counts])
        return drawn

    zero = alt.Chart({"values": [{"height": 0}]}).mark_rule(color=FAINT).encode(y="height:Q")
    both = alt.layer(*(bars(side, COLOURS[side], 5, sides=True) for side in ("support", "oppose")), zero)
    highest = max([4.4, *(row["place"] + 0.4 for row in decisions)])
    signs = _legend(say, "kind_", OUTCOME_SHAPES)
    outcome = _lookup("outcome", [row["outcome"] for row in decisions], say)
    points = _over("decisions", say).transform_calculate(
        result=f"{outcome} + (datum.votes == '' ? '' : ' (' + datum.votes + ')')",
    ).mark_point(filled=True, size=64, opacity=1, cursor="pointer").encode(
        x=x.axis(alt.Axis(format="%Y", tickCount="year", title=None, grid=True, labelOverlap="greedy")),
        y=alt.Y("place:Q", axis=None, scale=alt.Scale(domain=[-0.6, highest])),
        shape=alt.Shape("kind:N", scale=_scale(OUTCOME_SHAPES), legend=signs),
        color=alt.Color("kind:N", scale=_scale(OUTCOME_COLOURS), legend=signs),
        tooltip=[*about, alt.Tooltip("result:N", title=say("outcome"))])
    lanes = [
        both.properties(title=_heading(say("lane_sides")), width=space, height=130),
        bars("conditional", COLOURS["conditional"], 3, hollow=True).properties(
            title=_heading(say("lane_conditional")), width=space, height=44),
        bars("mentions", "#7d8893", 3).properties(title=_heading(say("lane_mentions")), width=space, height=44),
        *([points.properties(title=_heading(say("lane_decisions")), width=space, height=64)] if decisions else ()),
    ]
    if not decisions:  # the last lane bears the years
        lanes[-1] = lanes[-1].encode(x=x.axis(alt.Axis(format="%Y", tickCount="year", title=None, grid=True)))
    return _finished(alt.vconcat(*lanes, spacing=10, description=say("alt_timeline")).resolve_scale(x="shared"), data)


def bands(name: str, rows: Sequence[Mapping[str, Any]], order: Sequence[str], say: Say, *, height: int) -> Spec:
    """A line for each of `order` (persons or factions): its position over time, with a mark for each item.

    `name`: persons or factions. `rows`: label ('' stands for no faction), iso, committee, person, faction, position,
    score, stance, item, moved (a key of `say`, or ''), href.
    """
    nobody = f"datum.label == '' ? '{say('no_faction')}' : datum.label"
    y = alt.Y("label:N", sort=list(order), title=None, scale=alt.Scale(paddingInner=0.12, paddingOuter=0.05),
              axis=alt.Axis(labelExpr=nobody, labelLimit=LABELS - 12, minExtent=LABELS, maxExtent=LABELS, ticks=False,
                            domain=False, labelPadding=8, labelFontSize=12))
    offset = alt.Scale(domain=[1.3, -1.3])  # for: up
    at = alt.YOffset("position:Q", scale=offset)
    x = alt.X("when:T", scale=alt.Scale(type="utc", domain=_span(rows), nice=False),
              axis=alt.Axis(format="%Y", tickCount="year", title=None, grid=True, orient="top", labelOverlap="greedy"))
    tip = [alt.Tooltip("called:N", title=say("who")), alt.Tooltip("day:N", title=say("date")),
           alt.Tooltip("committee:N", title=say("committee")), alt.Tooltip("item:N", title=say("item")),
           alt.Tooltip("score:Q", title=say("score"), format=".2f"),
           alt.Tooltip("position:Q", title=say("position"), format=".2f"), alt.Tooltip("turn:N", title=say("moved"))]
    turn = _lookup("moved", ["moved_to_for", "moved_to_against"], say)
    base = _over(name, say, _OF_PERSON).transform_calculate(
        called=nobody, turn=f"datum.moved == '' ? '' : {turn}")
    zero = alt.Chart({"name": f"{name}-rows"}).mark_rule(
        color="#c3cbd2", strokeDash=[2, 2]).encode(y=y, yOffset=alt.YOffset("zero:Q", scale=offset))
    line = base.mark_line(color="#8a97a3", strokeWidth=1.8, interpolate="step-after").encode(
        x=x, y=y, yOffset=at, detail="label:N", order="when:T")
    chosen = alt.selection_point(name="stance_shown", fields=["stance"], bind="legend")
    signs = _legend(say, "", SHAPES)
    marks = base.mark_point(filled=True, size=58, cursor="pointer", stroke="white", strokeWidth=0.6).encode(
        x=x, y=y, yOffset=at, tooltip=tip,
        shape=alt.Shape("stance:N", scale=_scale(SHAPES), legend=signs),
        color=alt.Color("stance:N", scale=_scale(COLOURS), legend=signs),
        opacity=alt.condition(chosen, alt.value(1), alt.value(0.12))).add_params(chosen)
    rings = base.transform_filter("datum.moved != ''").mark_point(
        shape="circle", size=230, color=INK, strokeWidth=1.6, cursor="pointer",
    ).encode(x=x, y=y, yOffset=at, tooltip=tip)
    return _finished(alt.layer(zero, line, rings, marks).properties(
        width=WIDTH - LABELS, height=max(1, len(order)) * height, description=say(f"alt_{name}"),
    ), {name: list(rows), f"{name}-rows": [{"label": label, "zero": 0} for label in order]})


def _finished(chart: Any, data: Mapping[str, Sequence[Any]]) -> Spec:
    """The specification with its data, the page's filters and the common looks; the same for the same rows.

    The data come in last: altair copies and checks everything that it holds several times.
    """
    chart = chart.add_params(*(alt.param(name=name, value="") for name in FILTERS)).configure(
        font=FONT, background="white", padding=4, aria=False,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(labelColor=INK, titleColor=INK, gridColor=GRID, domainColor="#aab4bd", tickColor="#aab4bd",
                            labelFontSize=11, titleFontSize=11, titleFontWeight="normal"),
        legend=alt.LegendConfig(labelColor=INK, labelFontSize=12, symbolSize=80, title=None),
        title=alt.TitleConfig(color=INK, fontSize=12, fontWeight="bold", anchor="start", offset=4),
    )
    return {**_renamed(chart.to_dict()), "datasets": dict(data)}


def _renamed(spec: Spec) -> Spec:
    """`spec` with views numbered from 1: altair counts them over the whole process, the page must not."""
    names: dict[str, str] = {}

    def collect(node: Any) -> None:
        if isinstance(node, dict):
            name = node.get("name")
            if isinstance(name, str) and name.startswith("view_"):
                names.setdefault(name, f"part_{len(names) + 1}")
            for value in node.values():
                collect(value)
        elif isinstance(node, list):
            for value in node:
                collect(value)

    def replace(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: replace(value) for key, value in node.items()}
        if isinstance(node, list):
            return [replace(value) for value in node]
        return names.get(node, node) if isinstance(node, str) else node

    collect(spec)
    found: Spec = replace(spec)
    return found


def _over(name: str, say: Say, condition: str = _IN_TIME) -> alt.Chart:
    """A chart over the rows `name` that pass the page's filters, with their day as a time and as a text."""
    time = "utcParse(datum.iso, '%Y-%m-%d')"
    return alt.Chart({"name": name}).transform_filter(condition).transform_calculate(
        when=time, day=f"utcFormat({time}, '{say('date_format')}')")


def _lookup(field: str, codes: Iterable[str], say: Say) -> str:
    """An expression for the text of the code in `field`."""
    texts = ", ".join(f"'{code}': '{say(code)}'" for code in sorted(set(codes)))
    return f"({{{texts}}})[datum.{field}]"


def _span(rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The years that the rows lie in, whole, so that single meetings do not stand on the edge."""
    days = sorted(row["iso"] for row in rows)
    if not days:
        return [alt.DateTime(year=2000, utc=True), alt.DateTime(year=2001, utc=True)]
    first, last = dt.date.fromisoformat(days[0]), dt.date.fromisoformat(days[-1])
    margin = dt.timedelta(days=max(20, (last - first).days // 40))
    return [_utc(first - margin), _utc(last + margin)]


def _utc(day: dt.date) -> Any:
    return alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True)


def _scale(values: Mapping[str, str]) -> alt.Scale:
    return alt.Scale(domain=list(values), range=list(values.values()))


def _legend(say: Say, prefix: str, values: Mapping[str, str]) -> alt.Legend:
    texts = ", ".join(f"'{name}': '{say(prefix + name)}'" for name in values)
    return alt.Legend(orient="bottom", labelLimit=0, labelExpr=f"({{{texts}}})[datum.label]")


def _heading(text: str) -> alt.TitleParams:
    return alt.TitleParams(text, anchor="start", frame="group")


def _counts(ticks: int) -> alt.Axis:
    """An axis of whole numbers without their sign."""
    return alt.Axis(title=None, tickCount=ticks, tickMinStep=1, minExtent=AXIS - 8, maxExtent=AXIS - 8, grid=True,
                    domain=False, labelExpr="datum.value % 1 ? '' : format(abs(datum.value), 'd')")
