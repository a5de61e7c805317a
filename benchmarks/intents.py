"""How well are callers' sentences understood, with and without a sentence encoder?

Measured on BANKING77 (Casanueva et al. 2020, CC BY 4.0) and CLINC150 (Larson et al. 2019, CC BY 3.0),
which are no part of the project: without them the benchmark says so and is skipped. Beside each
figure stands that of the usual recipe on the same sentences: logistic regression on TF-IDF of words
1-2 and characters 2-5, and on the average with logistic regression on the encoder's vectors.
"""

from collections import defaultdict
from collections.abc import Sequence
from time import perf_counter

import numpy as np
from rich.console import Console
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from benchmarks import machine
from benchmarks.report import Claim, Report
from speech.cross_validation import FOLDS, held_out
from speech.encoder import Encoder, Vectors, installed
from speech.evaluation import OUT_OF_SCOPE, evaluate
from speech.intents import Example
from speech.judges import Array, Sentences, taught
from speech.labelled import read_labelled
from speech.opinion import opinion
from tests.rig.engine import CHECKOUT

DATA = CHECKOUT.parent / "shared" / "data" / "intents"
FILES = ("banking77-train.csv", "clinc150-train.csv", "clinc150-val.csv")
DRAWS, QUICK_DRAWS = 30, 3
INTENTS, EXAMPLES = 20, 10  # of one draw
COLUMNS = ("what", "light", "usual recipe", "with encoder", "usual recipe")


def run(quick: bool, console: Console) -> Report:
    """Measure both data sets; `quick` takes three draws and no whole data set."""
    missing = [name for name in FILES if not (DATA / name).is_file()]
    if missing:
        return _report((), (), {}, f"Skipped: {DATA} lacks {', '.join(missing)}.")
    encoder = installed()
    remembered = None if encoder is None else Remembered(encoder)
    banking = read_labelled(DATA / FILES[0], "en")
    figures: dict[str, object] = {}
    rows = [_draws(banking, QUICK_DRAWS if quick else DRAWS, remembered, figures)]
    if not quick:
        console.print(
            "  the draws are done; now the whole of BANKING77 and CLINC150", highlight=False
        )
        rows.append(_whole(banking, remembered, figures))
        rows += _out_of_scope(remembered, figures)
    claims = tuple(
        Claim(
            f"{row[0]}: {ours} is not below the usual {usual}", _first(ours) >= _first(usual) - 0.5
        )
        for row in rows
        for ours, usual in ((row[1], row[2]), (row[3], row[4]))
        if usual != "–" and ours != "–"
    )
    how = (
        f"Draws: {INTENTS} random intents of BANKING77 with {EXAMPLES} random examples each, measured "
        f"on all other sentences of those intents. All: {FOLDS}-fold cross-validation. Out of scope: "
        "learned from CLINC150's training part, measured on its validation part; recall is the share "
        "of sentences out of scope that are less sure than 95 % of those in scope."
    )
    return _report(tuple(rows), claims, figures, how)


class Remembered:
    """An encoder that encodes each sentence once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """See `Encoder`."""
        for sentence in sentences:
            if sentence not in self._known:
                self._known[sentence] = self._encoder.encode([sentence])[0]
        return np.stack([self._known[sentence] for sentence in sentences])


def _draws(
    examples: Sequence[Example], draws: int, encoder: Encoder | None, figures: dict[str, object]
) -> tuple[str, ...]:
    by_intent: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_intent[example.intent].append(example)
    shares: dict[str, list[float]] = defaultdict(list)
    for seed in range(draws):
        chance = np.random.default_rng(seed)
        known: list[Example] = []
        asked: list[Example] = []
        for intent in chance.choice(sorted(by_intent), INTENTS, replace=False):
            order = chance.permutation(len(by_intent[intent])).tolist()
            known += [by_intent[intent][at] for at in order[:EXAMPLES]]
            asked += [by_intent[intent][at] for at in order[EXAMPLES:]]
        for column, share in _accuracies(known, asked, encoder).items():
            shares[column].append(100 * share)
    figures["draws"] = dict(shares)
    cells = (_mean(shares[column]) if shares[column] else "–" for column in COLUMNS_OF)
    return (f"BANKING77, {INTENTS} intents × {EXAMPLES}, {draws} draws, %", *cells)


COLUMNS_OF = ("light", "light usual", "encoder", "encoder usual")


def _accuracies(
    known: Sequence[Example], asked: Sequence[Example], encoder: Encoder | None
) -> dict[str, float]:
    intents = [one.intent for one in known]
    wanted = np.asarray([one.intent for one in asked])
    names = np.asarray(sorted(set(intents)))
    result: dict[str, float] = {}
    usual = _usual(known, asked)
    result["light usual"] = float((names[usual.argmax(axis=1)] == wanted).mean())
    for column, one in (("light", None), ("encoder", encoder)):
        if column == "encoder" and one is None:
            continue
        learned = Sentences.of([example.sentence for example in known], one)
        tried = Sentences.of([example.sentence for example in asked], one)
        best = opinion(taught(learned, intents), tried).best
        result[column] = float((names[best] == wanted).mean())
        if learned.meanings is not None and tried.meanings is not None:
            both = usual + _usual_meaning(learned.meanings, intents, tried.meanings)
            result["encoder usual"] = float((names[both.argmax(axis=1)] == wanted).mean())
    return result


def _whole(
    examples: Sequence[Example], encoder: Encoder | None, figures: dict[str, object]
) -> tuple[str, ...]:
    intents = [one.intent for one in examples]
    cells: dict[str, str] = {}
    for column, one in (("light", None), ("encoder", encoder)):
        if column == "encoder" and one is None:
            continue
        sentences = Sentences.of([example.sentence for example in examples], one)
        held = held_out(sentences, intents, seed=0)
        cells[column] = _percent(float(np.mean(held.right)))
    usual: dict[str, list[float]] = defaultdict(list)
    folds = np.asarray(held.fold)
    for fold in range(FOLDS):
        known = [examples[at] for at in np.flatnonzero(folds != fold).tolist()]
        asked = [examples[at] for at in np.flatnonzero(folds == fold).tolist()]
        for column, share in _usual_accuracies(known, asked, encoder).items():
            usual[column].append(share * len(asked) / len(examples))
    cells |= {column: _percent(sum(shares)) for column, shares in usual.items()}
    figures["whole"] = cells
    ordered = (cells.get(column, "–") for column in COLUMNS_OF)
    return (f"BANKING77, all {len(examples):,} by cross-validation, %", *ordered)


def _usual_accuracies(
    known: Sequence[Example], asked: Sequence[Example], encoder: Encoder | None
) -> dict[str, float]:
    intents = [one.intent for one in known]
    names, wanted = np.asarray(sorted(set(intents))), np.asarray([one.intent for one in asked])
    light = _usual(known, asked)
    result = {"light usual": float((names[light.argmax(axis=1)] == wanted).mean())}
    if encoder is not None:
        learned = encoder.encode([one.sentence for one in known])
        tried = encoder.encode([one.sentence for one in asked])
        both = light + _usual_meaning(learned, intents, tried)
        result["encoder usual"] = float((names[both.argmax(axis=1)] == wanted).mean())
    return result


def _out_of_scope(encoder: Encoder | None, figures: dict[str, object]) -> list[tuple[str, ...]]:
    known, asked = (read_labelled(DATA / name, "en") for name in FILES[1:])
    cells: dict[str, tuple[float, ...]] = {}
    for column, one in (("light", None), ("encoder", encoder)):
        if column == "encoder" and one is None:
            continue
        began = perf_counter()
        measured = evaluate([e for e in known if e.intent != OUT_OF_SCOPE], asked, one)
        recall, acted = measured.recall_at_accepted or 0.0, measured.acted_out_of_scope or 0.0
        cells[column] = (recall, acted, measured.accuracy, perf_counter() - began)
    figures["out of scope"] = cells
    titles = ("out-of-scope recall at 95 % accepted", "out of scope, acted on", "accuracy in scope")
    return [
        (
            f"CLINC150, {title}, %",
            *(_percent(cells[column][at]) if column in cells else "–" for column in COLUMNS_OF),
        )
        for at, title in enumerate(titles)
    ]


def _usual(known: Sequence[Example], asked: Sequence[Example]) -> Array:
    traits = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    )
    model = make_pipeline(traits, LogisticRegression(C=10, max_iter=200))
    model.fit([one.sentence for one in known], [one.intent for one in known])
    return np.asarray(model.predict_proba([one.sentence for one in asked]))


def _usual_meaning(learned: Vectors, intents: Sequence[str], tried: Vectors) -> Array:
    model = LogisticRegression(C=100, max_iter=500).fit(learned, intents)
    return np.asarray(model.predict_proba(tried))


def _mean(shares: Sequence[float]) -> str:
    return f"{np.mean(shares):.1f} ± {np.std(shares):.1f}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _first(cell: str) -> float:
    return float(cell.split(maxsplit=1)[0])


def _report(
    rows: tuple[tuple[str, ...], ...],
    claims: tuple[Claim, ...],
    figures: dict[str, object],
    how: str,
) -> Report:
    return Report(
        name="intents",
        title="Sentences understood",
        how=how,
        columns=COLUMNS,
        rows=rows,
        claims=claims,
        machine=machine.facts(),
        figures=figures,
    )
