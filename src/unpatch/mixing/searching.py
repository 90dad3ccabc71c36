"""The search: fit the console, then prune and fit again, round by round.

Every decision is a function of the arguments and the seed. Random numbers are drawn from streams keyed by the
round and the step, and everything else is in :class:`~unpatch.mixing.state.SearchState`: a search resumed
from a checkpoint has the same result as without the break.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from unpatch.graph.data import Graph
from unpatch.mixing import checkpoint
from unpatch.mixing.clock import SearchClock
from unpatch.mixing.console import prunable, without
from unpatch.mixing.echoes import with_echoes
from unpatch.mixing.evaluator import Evaluator
from unpatch.mixing.fitting import Fit, echo_steps, importances, rate_at
from unpatch.mixing.gain_merging import joined
from unpatch.mixing.pruning import (
    Ledger,
    PruningCandidate,
    PruningResult,
    brute_force,
    dry_wet,
    gradual,
    hybrid,
)
from unpatch.mixing.pruning.journal import Journaled
from unpatch.mixing.pruning.objective import NONE
from unpatch.mixing.results import Report, SearchMoment, SearchProgress, SearchResult, by_letter
from unpatch.mixing.settings import SearchSettings
from unpatch.mixing.simplification import finished
from unpatch.mixing.state import SearchState
from unpatch.mixing.tree import Tree
from unpatch.mixing.trials import Cached, Whole
from unpatch.rendering import parameters
from unpatch.synth.draw import Draw

_FIT, _PRUNE = 0, 1  # names of random streams
_REPORT_EVERY = 10


@dataclass(eq=False)
class Search:
    """A search under way; :meth:`run` brings it to its end.

    Attributes:
        folder: of checkpoints, if any.
        identity: what must be equal for a search to resume from there.
    """

    evaluator: Evaluator
    settings: SearchSettings
    state: SearchState
    folder: Path | None = None
    identity: Mapping[str, Any] = field(default_factory=dict)
    report: Report = lambda progress: None

    def __post_init__(self) -> None:
        self.clock = SearchClock(self.state.seconds)
        self.draw = Draw(self.settings.seed)

    def run(self) -> SearchResult:
        state, rounds = self.state, self.settings.prune.rounds
        while state.phase != "done":
            if state.phase == "fit":
                self._fit()
                more = state.round < rounds
                self._enter("prune" if more else "finish", state.round + more)
            elif state.phase == "prune":
                self._prune()
                self._enter("fit", state.round)
            else:
                self._finish()
                self._enter("done", state.round)
        return self._result()

    # --- fitting ------------------------------------------------------------------------------------

    def _fit(self) -> None:
        state, settings = self.state, self.settings.fit
        steps = settings.refit_steps if state.round else settings.steps
        fit = Fit(state.graph, self.evaluator, settings)
        recent: list[float] = []
        self._progress(steps, math.nan, fit.written(state.adam))
        self.clock.restart()
        for step in range(state.step, steps):
            if not state.round and step in echo_steps(steps, settings):
                fit = self._with_echoes()
            draw = self.draw.child(_FIT, state.round, step)
            rate, sparsity = rate_at(step, steps, settings), self._sparsity(step, steps)
            state.adam, loss = fit.stepped(state.adam, draw, rate, sparsity)
            state.step = step + 1
            recent.append(loss)
            self.clock.stepped()
            self._recorded(recent, steps)
        self._evaluate(fit)

    def _with_echoes(self) -> Fit:
        """Set delays for which there is an echo in the residual; the fit to continue with."""
        state = self.state
        self._replace_graph(with_echoes(self._written(), self.evaluator), range(len(state.graph)))
        state.console = state.graph
        return Fit(state.graph, self.evaluator, self.settings.fit)

    def _sparsity(self, step: int, steps: int) -> float:
        """It grows while the console is fitted."""
        ramp = 1.0 if self.state.round else step / steps
        return self.settings.fit.sparsity * ramp

    def _recorded(self, recent: list[float], steps: int) -> None:
        """Report at intervals, and save at intervals."""
        state = self.state
        if state.step % _REPORT_EVERY == 0:
            self._progress(steps, sum(recent) / len(recent))
        if state.step % self.settings.save_every == 0:
            self._moment(sum(recent) / len(recent))
            recent.clear()
            self._save()

    def _evaluate(self, fit: Fit) -> None:
        """The loss at the end of a fit."""
        state = self.state
        state.loss = self.evaluator.value(state.graph, fit.numbers(state.adam))
        if self.settings.fit.keep_better:
            self._undo(fit)
        if state.round == 0:
            state.loss_console = state.lowest = state.loss
            state.fitted = state.adam.latent.clone()
        self._moment(state.loss, judged=True)

    def _undo(self, fit: Fit) -> None:
        """Return to the start of the fit if that was better: Adam's first steps are as long as all others."""
        state = self.state
        before = replace(state.adam, latent=state.origin.clone())
        loss = self.evaluator.value(state.graph, fit.numbers(before))
        if loss < state.loss:
            state.adam, state.loss = before, loss

    # --- pruning ------------------------------------------------------------------------------------

    def _prune(self) -> None:
        """One round."""
        state = self.state
        self._simplify()
        fit = Fit(state.graph, self.evaluator, self.settings.fit)
        candidates = self._candidates(fit)
        trials = self._trials(fit)
        self.clock.restart()
        journal = Journaled(trials, state.losses, partial(self._after_trials, len(candidates)))
        (loss,) = journal.losses(NONE, [NONE])
        pruned = self._algorithm(Ledger(journal, loss, state.lowest, self._tolerance), candidates)
        if isinstance(trials, Cached):
            self._replace_graph(trials.levelled(pruned.gone), range(len(state.graph)))
        kept = [i for i in range(len(state.graph)) if i not in pruned.gone]
        self._replace_graph(without(self._written(), pruned.gone), kept)
        state.loss, state.lowest = pruned.loss, pruned.lowest
        self._moment(state.loss, judged=True, trials=len(pruned.trials))

    @property
    def _tolerance(self) -> float:
        """Of this round: ours allows for little at first, while fits still bring the loss down."""
        prune = self.settings.prune
        share = self.state.round / prune.rounds if prune.method == "ours" else 1.0
        return share * prune.tolerance

    def _trials(self, fit: Fit) -> Whole | Cached:
        prune, numbers = self.settings.prune, fit.numbers(self.state.adam)
        if not prune.caching:
            return Whole(self._written(), numbers, self.evaluator)
        ours = prune.method == "ours"
        return Cached(self._written(), numbers, self.evaluator, early=prune.early, levelling=ours)

    def _simplify(self) -> None:
        """Ours first takes out what can be without any change; the published ways do not."""
        if self.settings.prune.method == "ours":
            self._replace_graph(*joined(self._written(), self.evaluator.registry))

    def _written(self) -> Graph:
        """The graph with its numbers where they are."""
        return Fit(self.state.graph, self.evaluator, self.settings.fit).written(self.state.adam)

    def _replace_graph(self, graph: Graph, kept: Sequence[int]) -> None:
        """Continue with another graph, made of these nodes of the old one; some may have other numbers."""
        state, before = self.state, self._written()
        adam = Fit(state.graph, self.evaluator, self.settings.fit).kept(state.adam, kept)
        fresh = Fit(graph, self.evaluator, self.settings.fit)
        same = [graph.nodes[i] == before.nodes[node] for i, node in enumerate(kept)]
        state.graph, state.adam = graph, fresh.turned(adam, [i for i, known in enumerate(same) if not known])

    def _algorithm(self, ledger: Ledger, candidates: list[PruningCandidate]) -> PruningResult:
        """One round."""
        draw, prune = self.draw.child(_PRUNE, self.state.round), self.settings.prune
        match prune.method:
            case "bf":
                return brute_force(ledger, candidates, draw)
            case "dw":
                return dry_wet(ledger, candidates, draw)
            case "hybrid":
                return hybrid(ledger, candidates, draw, self.state.round)
            case "ours":
                return gradual(ledger, candidates, prune.batch)

    def _candidates(self, fit: Fit) -> list[PruningCandidate]:
        """Every processor with a weight."""
        graph, values = self.state.graph, fit.numbers(self.state.adam).values
        nodes = prunable(graph)
        known = importances(fit, self.state.adam) if self.settings.prune.method == "ours" else {}
        home = Tree.of(graph).home
        return [
            PruningCandidate(
                node,
                graph.nodes[node].kind,
                float(values[fit.weights[node]]),
                known.get(node, 0.0),
                home[node],
            )
            for node in nodes
        ]

    def _after_trials(self, candidates: int, new: int, trials: int) -> None:
        """Report, and save at intervals."""
        self.clock.tried(new)
        self.state.step = min(trials, candidates)
        self._progress(candidates, self.state.loss)
        if trials // self.settings.save_every > (trials - new) // self.settings.save_every:
            self._save()

    # --- the end ------------------------------------------------------------------------------------

    def _finish(self) -> None:
        """Tidy up, and evaluate for the last time."""
        state = self.state
        fit = Fit(state.graph, self.evaluator, self.settings.fit)
        graph = fit.written(state.adam)
        if self.settings.finish:
            limit = max(state.lowest + self.settings.prune.tolerance, state.loss)
            graph, state.loss = finished(graph, self.evaluator, limit, self.settings.prune.tolerance)
        state.graph = graph
        self._moment(state.loss, judged=True)

    def _result(self) -> SearchResult:
        state = self.state
        console = Fit(state.console, self.evaluator, self.settings.fit)
        numbers = console.start.moved(console.values(state.fitted))
        return SearchResult(
            graph=state.graph,
            console=parameters.write(state.console, numbers),
            loss_console=state.loss_console,
            loss=state.loss,
            tolerance=self.settings.prune.tolerance,
            history=tuple(state.history),
            sample_rate=self.evaluator.song.sample_rate,
            seconds=self.clock.seconds,
        )

    # --- reporting and saving -------------------------------------------------------------------------

    @property
    def stage(self) -> str:
        state, rounds = self.state, self.settings.prune.rounds
        if state.phase == "fit":
            return f"refit {state.round}/{rounds}" if state.round else "console"
        return f"prune {state.round}/{rounds}" if state.phase == "prune" else "finish"

    def _enter(self, phase: Any, number: int) -> None:
        """Start the next phase, from a checkpoint."""
        state = self.state
        state.phase, state.round, state.step, state.losses = phase, number, 0, []
        state.origin = state.adam.latent.clone()
        self._save()

    def _moment(self, loss: float, *, judged: bool = False, trials: int = 0) -> None:
        state = self.state
        left = by_letter(state.graph)
        state.history.append(
            SearchMoment(self.stage, state.step, self.clock.seconds, loss, left, trials, judged)
        )

    def _progress(self, steps: int, loss: float, graph: Graph | None = None) -> None:
        state = self.state
        left = len(prunable(state.graph))
        self.report(
            SearchProgress(self.stage, state.step, steps, loss, left, self._seconds_left(steps), graph)
        )

    def _seconds_left(self, steps: int) -> float:
        """As if later rounds tried all that is left now, once."""
        state, fit, rounds = self.state, self.settings.fit, self.settings.prune.rounds
        left = len(prunable(state.graph))
        begun = state.phase == "prune"
        refits = rounds - state.round + begun
        fit_steps = refits * fit.refit_steps + (0 if begun else steps - state.step)
        trials = (rounds - state.round) * left + (steps - state.step if begun else 0)
        return self.clock.left_s(fit_steps, trials)

    def _save(self) -> None:
        if self.folder is not None:
            self.state.saves += 1
            self.state.seconds = self.clock.seconds
            checkpoint.save(self.folder, self.state.saves, self.state.to_checkpoint(), self.identity)
