"""Makes `verbs.tsv` (the principal parts of German verbs) from `sources/de-verbs.txt` and `verbs.toml`.

    python pipeline/extract/lexicon/generate_verbs.py

The table's spelling is Swiss (*heisst*); every *ss* after a long vowel gets its *ß*. Verbs with a
separable particle are left out where their base verb is in the table: `morphology` finds them by analogy.
Running it again writes the same bytes.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

FOLDER = Path(__file__).parent
SOURCE, ADDITIONS, OUTPUT = FOLDER / "sources" / "de-verbs.txt", FOLDER / "verbs.toml", FOLDER / "verbs.tsv"

INFINITIVE, PRESENT, PAST, PARTICIPLE, SUBJUNCTIVE_2 = 0, 3, 7, 12, 20
"""Columns of the source: infinitive and forms of the third person singular."""

LONG_VOWEL_SS = re.compile(
    r"(ei|au|ie|äu|eu|grü|bü|grö|mä(?=ss(?:ig|e|$))|sü|sä|\bä(?=sse)|gä|sto|stö|ma(?=ss$|ssen$)|\bsa|\ba(?=ss$|ssen$)|vergä|verga|fra(?=ss)|frä)ss"
)
"""Where *ss* stands for *ß* by the current rules: after a diphthong (*heissen*) and in these stems with a long vowel
(*grüssen*, *grösser*, *mässigen*, *stossen*, *mass*, *sass*); else *ss* stays."""


def sharp(form: str) -> str:
    """The form in the spelling of Germany."""
    return LONG_VOWEL_SS.sub(r"\1ß", form)


def weak(lemma: str) -> tuple[str, str, str, str]:
    """Principal parts of a regular verb."""
    stem = lemma.removesuffix("en") if lemma.endswith("en") else lemma.removesuffix("n")
    link = "e" if re.search(r"([td]|chn|[^aeiouäöülrhmn][mn])$", stem) else ""
    prefixed = re.match(r"(be|ent|er|ver|zer|hinter|miss|über|gewicht|unterhöhl|umzäun)(?=\w{3}|$)", stem)
    participle = stem + link + "t" if prefixed or stem.endswith("ier") else "ge" + stem + link + "t"
    return stem + link + "t", stem + link + "te", participle, stem + link + "te"


def rows() -> list[tuple[str, str, str, str, str]]:
    """Lemma, present, past, participle and Konjunktiv II of every verb, sorted, each lemma once."""
    additions = tomllib.loads(ADDITIONS.read_text("utf-8"))
    found: dict[str, tuple[str, str, str, str]] = {}
    separable: dict[str, list[str]] = {}
    for line in SOURCE.read_text("utf-8").splitlines():
        fields = line.strip().split(",")
        if len(fields) <= SUBJUNCTIVE_2:
            continue
        if any(" " in field for field in fields):
            separable.setdefault(fields[INFINITIVE], fields)
            continue
        lemma = sharp(fields[INFINITIVE])
        parts = tuple(sharp(fields[column]) for column in (PRESENT, PAST, PARTICIPLE, SUBJUNCTIVE_2))
        found.setdefault(lemma, parts)  # type: ignore[arg-type]
    for lemma, fields in sorted(separable.items()):  # only those without a base verb: *lobpreisen*
        if not any(lemma.endswith(base) and len(base) > 3 for base in found):
            parts = tuple(sharp(fields[c]).replace(" ", "") for c in (PRESENT, PAST, PARTICIPLE, SUBJUNCTIVE_2))
            found.setdefault(sharp(lemma), parts)  # type: ignore[arg-type]
    for lemma in additions["weak"]:
        found[lemma] = weak(lemma)
    for lemma, forms in additions["strong"].items():
        found[lemma] = tuple(forms)
    return sorted((lemma, *forms) for lemma, forms in found.items())


def main() -> None:
    """Write `verbs.tsv`."""
    lines = ["# lemma\tpresent\tpast\tparticiple\tKonjunktiv II; made by generate_verbs.py, do not edit"]
    lines += ["\t".join(row) for row in rows()]
    OUTPUT.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
