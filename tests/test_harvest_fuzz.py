"""Sites with several troubles at once, drawn by lot: a run always ends in order, and the archive tells all of it.

The short form draws three sites; `make soak` sixty (AUSZUG_SOAK x 3), with the seed printed and the result in tests/soak.json.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, MutableSet
from pathlib import Path

import pytest

from pipeline.harvest.ledger import Ledger
from pipeline.harvest.recorder import rebuild
from tests.allris_server.server import LocalAllris
from tests.harvest_tools import Clock, corpus, draw_seed, run, short_site
from tests.soak_runner import SOAK, note

SITES = 3 * SOAK


class Chance(MutableSet[str]):
    """A set that holds every page now and then."""

    def __init__(self, dice: random.Random, part: float) -> None:
        self._dice, self._part = dice, part

    def __contains__(self, _: object) -> bool:
        return self._dice.random() < self._part

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def add(self, value: str) -> None:
        raise NotImplementedError

    def discard(self, value: str) -> None:
        raise NotImplementedError


def trouble(server: LocalAllris, dice: random.Random) -> None:
    """Switch on faults by lot."""
    faults = server.faults
    for name in ("garbage", "truncated", "cut_short", "vanished", "hidden", "lost_session", "loops"):
        setattr(faults, name, Chance(dice, dice.choice([0, 0, 0.02, 0.1, 0.3])))
    faults.random_errors = dice.choice([0, 0.1])
    faults.version_redirect, faults.warm_up = dice.random() < 0.5, dice.random() < 0.3
    faults.extra_rows, faults.cms_frame = dice.random() < 0.5, dice.random() < 0.3
    faults.oparl = dice.choice(["none", "off", "plain", "quirks"])
    faults.refusal = dice.choice(["page", "redirect", "header"])
    faults.stale_ajax = dice.choice([0, 3])


@pytest.mark.soak
def test_troubled_sites(tmp_path: Path) -> None:
    seed = draw_seed(f"{SITES} troubled sites")
    ends: Counter[str] = Counter()
    for number in range(SITES):
        dice = random.Random(seed + number)
        clock = Clock()
        with short_site(clock, generation=dice.choice([3, 4])) as server:
            trouble(server, dice)
            mine = corpus(tmp_path / str(number), server.url, oparl="auto", committees=dice.choice([[], ["Jugend*"], ["5"]]))
            for _ in range(3):
                before = len(server.log)
                report = run(mine, clock)
                ends[report.stop or report.state] += 1
                assert report.requests == len(server.log) - before, seed + number
                clock.forward(days=dice.choice([1, 4, 40]))
        assert not list(mine.archive.glob("*.open"))
        live, again = Ledger(mine.folder / "ledger.sqlite", base=server.url), Ledger(None, base=server.url)
        rebuild(again, mine.archive)
        assert live.dump() == again.dump(), f"seed {seed + number}: the archive says something else than the ledger"
        live.close()
    assert set(ends) <= {"done", "no_meetings", "not_allris", "unreachable"}, ends
    note("harvest_troubled_sites", sites=SITES, seed=seed, **dict(sorted(ends.items())))
