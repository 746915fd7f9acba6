"""A federal state and the whole country, computed from what was measured here; on paper, with what is assumed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from tests.bench.figures import Figures, Sections

DELAY = 1.5
"""Seconds between two pages of one host: the floor that a corpus has by default."""


@dataclasses.dataclass(frozen=True)
class Region:
    """What is to be harvested and built: excerpts, hosts, the cores that build it, and into how many databases."""

    name: str
    excerpts: int
    hosts: int
    hardware: str
    cores: int
    databases: int


REGIONS = (
    Region("a county", 10_000, 1, "a laptop, 2 cores", 2, 1),
    Region("a federal state", 1_000_000, 100, "a laptop, 2 cores", 2, 1),
    Region("Germany, 20 years", 50_000_000, 1_500, "64 cores, a database for each state", 64, 16),
)
"""10^4 excerpts a county and 10^6 a state; 1,500 installations of ALLRIS with 5 x 10^7 excerpts in all."""

ASSUMPTIONS = (
    "excerpts as long and pages as many as in the generated corpus",
    "time grows with the number of excerpts (measured up to the largest corpus of the run)",
    "further cores help as the second does, but not the one process a database that reads, loads, links and publishes",
    f"{DELAY} s a page and host, all hosts side by side, at any hour, and every host has as much as every other",
)


@dataclasses.dataclass(frozen=True)
class Estimate:
    """What a region takes: hours, GB and pages a second at the harvest."""

    region: Region
    harvest_hours: float
    pages_per_second: float
    build_hours: float
    archive_gb: float
    database_gb: float


def estimate(region: Region, measured: Mapping[str, float]) -> Estimate:
    """What `region` takes. `measured`: seconds, pages, MB for each excerpt, as `basis` finds them."""
    pages = region.excerpts * measured["pages"]
    serial = region.excerpts / region.databases * measured["serial s"]
    parallel = region.excerpts * measured["parallel s"] / (region.cores * measured["efficiency"])
    return Estimate(
        region, harvest_hours=pages / region.hosts * DELAY / 3600, pages_per_second=region.hosts / DELAY,
        build_hours=(serial + parallel) / 3600, archive_gb=region.excerpts * measured["archive MB"] / 1000,
        database_gb=region.excerpts * measured["database MB"] / 1000,
    )


def basis(sections: Sections) -> dict[str, float]:
    """What an excerpt takes, from the sections `build` and `growth`. Raises KeyError where they were not measured."""
    build: Figures = sections["build"]
    growth: Figures = sections["growth"]
    excerpts = build["corpus excerpts"]
    alone = build.get("two cores, main process ms/excerpt", build["link ms/excerpt"] + build["publish ms/excerpt"])
    serial = alone / 1000
    largest = max((name for name in growth if name.endswith("ms/excerpt")),
                  key=lambda name: int(name.split()[0].replace(",", "")))
    whole = max(growth[largest], build["one core ms/excerpt"]) / 1000
    return {
        "pages": build["corpus pages"] / excerpts, "archive MB": build["corpus archive MB"] / excerpts,
        "database MB": build["database kB/excerpt"] / 1000, "serial s": serial, "parallel s": max(whole - serial, 0.0),
        "efficiency": min(1.0, build.get("two cores / one core", 1.0) / 2),
    }


def lines(sections: Sections) -> list[str]:
    """The table in Markdown, for the README, and what is assumed."""
    measured = basis(sections)
    found = ["| | excerpts | hosts | polite harvest | hardware | build | archive | database |",
             "|---|---:|---:|---:|---|---:|---:|---:|"]
    for region in REGIONS:
        its = estimate(region, measured)
        found.append(
            f"| {region.name} | {region.excerpts:,} | {region.hosts:,} | {its.harvest_hours:,.0f} h, "
            f"{its.pages_per_second:,.0f} pages/s | {region.hardware} | {_hours(its.build_hours)} | "
            f"{_size(its.archive_gb)} | {_size(its.database_gb)} |")
    return [*found, "", *(f"- {assumption}" for assumption in ASSUMPTIONS)]


def _hours(hours: float) -> str:
    return f"{hours:,.1f} h" if hours >= 1 else f"{hours * 60:,.0f} min"


def _size(gb: float) -> str:
    return f"{gb:,.0f} GB" if gb >= 10 else f"{gb:,.1f} GB"
