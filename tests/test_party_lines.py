"""Lines that tell a vote party by party belong to the vote of the whole."""

import pytest

from pipeline.extract.pipeline import Extractor, load
from pipeline.records import AgendaItem, Section


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return load()


CASES = [
    (
        "CDU: 16 Ja\n\nSPD: 8 Ja\n\nAfD: 6 Nein\n\nFDP: 3 Nein, 1 Enthaltung\n\nGesamt: 24 Ja / 9 Nein / 1 Enthaltung",
        [(24, 9, 1)], 5, "the line of the whole follows its parts",
    ),
    (
        "Ja: 24 Nein: 9\n\nCDU: 16 Ja\n\nSPD: 8 Ja\n\nAfD: 9 Nein",
        [(24, 9, None)], 3, "the parts follow the whole",
    ),
    (
        "Der Antrag der CDU wird abgelehnt.\n\nCDU: 5 Ja, 8 Nein",
        None, None, "one line alone is the vote on that party's motion, not a list",
    ),
]


@pytest.mark.parametrize(("text", "counts", "votes", "reason"), CASES, ids=[c[-1] for c in CASES])
def test_party_lines(
    extractor: Extractor, text: str, counts: list[tuple[int, ...]] | None, votes: int | None, reason: str,
) -> None:
    found = extractor.extract(AgendaItem(sections=(Section(label="Abstimmungsergebnis", kind="result", text=text),)))
    if counts is None:
        assert all(not d.by_faction for d in found.decisions), reason
        return
    assert [(d.yes, d.no, d.abstain) for d in found.decisions] == counts, reason
    assert len(found.decisions[0].by_faction) == votes, reason


def test_party_lines_are_nobodys_words_without_a_vote_of_the_whole(extractor: Extractor) -> None:
    text = "CDU: 5 Ja\n\nSPD: 3 Nein"
    found = extractor.extract(AgendaItem(sections=(Section(label="Wortprotokoll", kind="minutes", text=text),)))
    assert [s.speakers for s in found.sentences] == [(), ()]
    assert not found.decisions, "a sum is not inferred"
