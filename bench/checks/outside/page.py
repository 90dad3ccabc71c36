"""The pages of an outside check: Markdown for reading, JSON for comparisons."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from bench.checks.outside.answers import OURS, Answer
from bench.checks.outside.families import FAMILIES, PLUMBING
from bench.checks.outside.figures import (
    by_effect,
    by_make,
    by_part,
    headline,
    passed_over,
    plain_delays,
    processed,
    settings,
    untouched,
)
from bench.checks.outside.judging import Verdict, words
from bench.checks.outside.main_knobs import MAIN, Knob
from unpatch.metrics import Figure
from unpatch.storage import markdown


@dataclass(frozen=True)
class Facts:
    """Header of a page: its command and versions.

    Attributes:
        title: of the page.
        what: the suite, in a sentence or two.
        made: versions, model and date, in a line.
    """

    title: str
    what: str
    made: str


def share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "-"


def cell(figure: Figure) -> str:
    if math.isnan(figure.mean):
        return "- (n=0)"
    return f"{figure.mean:.3f} [{figure.low:.3f}, {figure.high:.3f}] (n={figure.count})"


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A Markdown table, and an empty line."""
    return [markdown.table(heads, rows), ""]


def report(answers: Sequence[Answer], facts: Facts) -> str:
    """The results as Markdown."""
    lines = [f"# {facts.title}", "", f"{facts.what} {facts.made}", "", *_heads(answers)]
    for part in (_parts, _effects, _untouched, _words, _settings, _makes):
        lines += part(answers)
    return "\n".join([*lines, *_legend()])


def _heads(answers: Sequence[Answer]) -> list[str]:
    rows = {name: headline(answers, name) for name in answers[0].verdicts}
    heads = list(rows[OURS])
    performers = len({answer.clip.performer for answer in answers})
    return [
        *table(
            ["guess", *heads], [[name, *(cell(row[head]) for head in heads)] for name, row in rows.items()]
        ),
        f"In brackets the 95 % interval, a bootstrap over {performers} performers; n: clips that have the "
        "figure.",
        "",
    ]


def _parts(answers: Sequence[Answer]) -> list[str]:
    rows = {name: by_part(answers, name) for name in answers[0].verdicts}
    return table(
        ["effect-set F1 of", *rows],
        [
            [f"{part} (n={figure.count})", *(f"{rows[name][part].mean:.3f}" for name in rows)]
            for part, figure in rows[OURS].items()
        ],
    )


def _effects(answers: Sequence[Answer]) -> list[str]:
    rows = [
        [name, *counted, share(counted.right, counted.played), share(counted.right, counted.named)]
        for name, counted in by_effect(answers, OURS).items()
    ]
    return table(["effect", "played", "named", "right", "recall", "precision"], rows)


def _untouched(answers: Sequence[Answer]) -> list[str]:
    found = untouched(answers, OURS)
    if found is None:
        return []
    often = ", ".join(f"{family} {count}" for family, count in Counter(found.families).most_common(6))
    return [
        f"**Untouched recordings** ({found.number}): recognised {cell(found.recognised)}; "
        f"{found.named:.2f} effects a recording are named all the same (most often: {often or 'none'}), "
        f"in {found.sure} recordings one of them as sure. "
        f"Of the {len(processed(answers))} processed ones {passed_over(answers, OURS)} are taken for "
        "untouched.",
        "",
    ]


def _words(answers: Sequence[Answer]) -> list[str]:
    found = words([answer.verdicts[OURS] for answer in answers])
    rows = [
        [name, *found[name], share(found[name][1], found[name][0])]
        for name in ("sure", "likely", "perhaps", "also likely", "also perhaps")
        if name in found
    ]
    return table(["word", "effects called so", "right", "share"], rows)


def _settings(answers: Sequence[Answer]) -> list[str]:
    return [
        *table(
            ["knob", "right effects", "median error", "of use", "share of use"],
            [
                [
                    f"{family} {knob.name}",
                    off.number,
                    _error(knob, off.median),
                    f"within {_error(knob, knob.within)}",
                    f"{off.within:.2f}",
                ]
                for (family, knob), off in settings(answers, OURS).items()
            ],
        ),
        "Of {} plain delays {} are named, {} with the time within 5 %.".format(*plain_delays(answers, OURS)),
        "",
    ]


def _error(knob: Knob, value: float) -> str:
    match knob.scale:
        case "factor":
            return f"factor {value:.2f}"
        case "part":
            return f"{100 * value:.1f} %"
    return f"{value:.2f} {knob.unit.partition(',')[0].partition(' ')[0]}".strip()


def _makes(answers: Sequence[Answer]) -> list[str]:
    rows = [
        [make, played, right, share(right, played)]
        for make, (played, right) in by_make(answers, OURS).items()
    ]
    return table(["played by", "played", "named", "recall"], rows)


def _legend() -> list[str]:
    one = "; ".join(f"{name} is {', '.join(kinds)}" for name, kinds in FAMILIES.items())
    relative = "; ".join(
        f"{name} is in {knob.unit}"
        for name, knob in {k.name: k for knobs in MAIN.values() for k in knobs}.items()
        if " " in knob.unit
    )
    return [
        f"One effect: {one}; tremolo is a gain that an oscillator moves, autopan a pan. "
        f"No effects, and not counted: {', '.join(PLUMBING)}. "
        "Order is compared in canonical form, in which linear neighbours have one order, whichever was "
        "first. "
        "Of two effects of one family that was played once the surer one is right. "
        '"Also": not in the graph, but listed as possible. '
        f"Knobs: {relative}; reverbs are compared by what they do to an impulse.",
        "",
    ]


def as_json(answers: Sequence[Answer], facts: Facts) -> dict[str, object]:
    """Every figure, and every clip."""
    return {
        **asdict(facts),
        "figures": {
            name: {head: asdict(figure) for head, figure in headline(answers, name).items()}
            for name in answers[0].verdicts
        },
        "by_part": {part: asdict(figure) for part, figure in by_part(answers, OURS).items()},
        "by_effect": by_effect(answers, OURS),
        "by_make": by_make(answers, OURS),
        "plain_delays": plain_delays(answers, OURS),
        "words": words([answer.verdicts[OURS] for answer in answers]),
        "settings": {
            f"{family} {knob.name}": off._asdict() for (family, knob), off in settings(answers, OURS).items()
        },
        "clips": list(_clips(answers)),
    }


def _clips(answers: Iterable[Answer]) -> Iterator[Mapping[str, object]]:
    for answer in answers:
        yield {
            **answer.clip.to_dict(),
            "guesses": {name: _verdict(verdict) for name, verdict in answer.verdicts.items()},
        }


def _verdict(verdict: Verdict) -> dict[str, object]:
    return {
        "families": sorted(verdict.families),
        "named": [one._asdict() for one in verdict.named if one.confidence is not None],
        "also": [one._asdict() for one in verdict.also],
        "untouched": verdict.untouched,
        "presence": {kind: round(p, 4) for kind, p in verdict.presence.items()},
        "errors": verdict.errors,
    }
