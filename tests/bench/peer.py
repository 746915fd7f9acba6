"""The peer of the benchmark: a German spaCy pipeline as spaCy's quickstart configures it for the CPU.

tok2vec of width 96 and depth 4, tagger, morphologizer, parser and NER, trained for a few epochs on the treebanks of
`../shared/treebank`. They hold no entities, so the NER is trained on the few sentences below: its speed is that of any
NER of this shape, its finds mean nothing. The trained pipeline is kept in `build/peer`.
"""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TREEBANK = ROOT.parent / "shared" / "treebank"
FILES = ("de_gsd-ud-dev.conllu", "de_gsd-ud-test.conllu", "de_pud-ud-test.conllu")
FOLDER = ROOT / "build" / "peer"
EPOCHS = 4
"""Enough for a parser that builds trees of usual depth; training takes about a minute."""

CONFIG = """
[nlp]
lang = "de"
pipeline = ["tok2vec","tagger","morphologizer","parser","ner"]

[components]

[components.tok2vec]
factory = "tok2vec"

[components.tok2vec.model]
@architectures = "spacy.Tok2Vec.v2"

[components.tok2vec.model.embed]
@architectures = "spacy.MultiHashEmbed.v2"
width = ${components.tok2vec.model.encode.width}
attrs = ["NORM","PREFIX","SUFFIX","SHAPE"]
rows = [5000,1000,2500,2500]
include_static_vectors = false

[components.tok2vec.model.encode]
@architectures = "spacy.MaxoutWindowEncoder.v2"
width = 96
depth = 4
window_size = 1
maxout_pieces = 3

[components.tagger]
factory = "tagger"

[components.tagger.model]
@architectures = "spacy.Tagger.v2"

[components.tagger.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = 96

[components.morphologizer]
factory = "morphologizer"

[components.morphologizer.model]
@architectures = "spacy.Tagger.v2"

[components.morphologizer.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = 96

[components.parser]
factory = "parser"

[components.parser.model]
@architectures = "spacy.TransitionBasedParser.v2"
state_type = "parser"
extra_state_tokens = false
hidden_width = 128
maxout_pieces = 3
use_upper = true

[components.parser.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = 96

[components.ner]
factory = "ner"

[components.ner.model]
@architectures = "spacy.TransitionBasedParser.v2"
state_type = "ner"
extra_state_tokens = false
hidden_width = 64
maxout_pieces = 2
use_upper = true

[components.ner.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = 96
"""

ENTITIES = (
    ("Frau Ott aus Ahrenfeld fragt nach.", (("Ott", "PER"), ("Ahrenfeld", "LOC"))),
    ("Herr Uhl vertritt die CDU-Fraktion.", (("Uhl", "PER"), ("CDU-Fraktion", "ORG"))),
    ("Das Diakonische Werk betreibt eine Kita in Hohn.", (("Diakonische Werk", "ORG"), ("Hohn", "LOC"))),
    ("Der Ausschuss tagt im Mai.", ()),
)


def available() -> bool:
    """Whether the treebanks are there."""
    return all((TREEBANK / name).is_file() for name in FILES)


def load() -> Any:
    """The peer, trained now if `build/peer` does not hold it."""
    import spacy

    if not (FOLDER / "meta.json").is_file():
        nlp, seconds = train()
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        nlp.to_disk(FOLDER)
        print(f"trained the peer in {seconds:.0f} s; kept in {FOLDER.relative_to(ROOT)}")
    return spacy.load(FOLDER)


def train() -> tuple[Any, float]:
    """The trained peer and the seconds that it took."""
    from spacy.training import Example
    from spacy.training.converters.conllu_to_docs import conllu_to_docs
    from spacy.util import load_config_from_str, load_model_from_config, minibatch
    from thinc.util import fix_random_seed

    began = time.perf_counter()
    fix_random_seed(0)
    nlp = load_model_from_config(load_config_from_str(CONFIG), auto_fill=True)
    examples = []
    for name in FILES:
        for doc in conllu_to_docs((TREEBANK / name).read_text("utf-8"), n_sents=5, no_print=True):  # type: ignore[no-untyped-call]
            reference = doc
            reference.set_ents([], missing=[reference[0 : len(reference)]])
            examples.append(Example(nlp.make_doc(reference.text), reference))
    entities = [_entity_example(nlp, text, found) for text, found in ENTITIES]
    optimizer = nlp.initialize(lambda: examples + entities)
    rng = random.Random(0)
    for _ in range(EPOCHS):
        mixed = examples + entities * 5
        rng.shuffle(mixed)
        for batch in minibatch(mixed, 16):  # type: ignore[no-untyped-call]
            nlp.update(batch, sgd=optimizer, drop=0.1, losses={})
    return nlp, time.perf_counter() - began


def _entity_example(nlp: Any, text: str, entities: tuple[tuple[str, str], ...]) -> Any:
    from spacy.training import Example

    spans = [(text.index(part), text.index(part) + len(part), label) for part, label in entities]
    return Example.from_dict(nlp.make_doc(text), {"entities": spans})
