/** The graph being edited: a history of states, each a graph with its layout. */

import { useCallback, useRef, useState } from "preact/hooks";
import * as api from "./api";
import type { Drawn, Graph } from "./types";

const MOST = 200;

export interface Editor {
  drawn: Drawn | null;
  canUndo: boolean;
  canRedo: boolean;
  undo: () => void;
  redo: () => void;
  /** Start with another graph. */
  open: (graph: Graph) => Promise<void>;
  /** A change that the server checks; its refusal is thrown. */
  change: (change: object) => Promise<void>;
  /** Set one parameter; `done` ends a movement, which is one step of the history. */
  turn: (node: number, name: string, value: number, done: boolean) => void;
  /** Replace the graph as one step, so that it can be undone. */
  replace: (graph: Graph) => Promise<void>;
}

interface History {
  past: Drawn[];
  now: Drawn | null;
  future: Drawn[];
}

export function useEditor(): Editor {
  const [history, setHistory] = useState<History>({ past: [], now: null, future: [] });
  const latest = useRef(history);
  const moving = useRef<Drawn | null>(null);
  const set = useCallback((next: History) => {
    latest.current = next;
    setHistory(next);
  }, []);
  const step = useCallback(
    (drawn: Drawn) => {
      const { past, now } = latest.current;
      set({ past: now ? [...past, now].slice(-MOST) : past, now: drawn, future: [] });
    },
    [set],
  );

  const open = useCallback(
    async (graph: Graph) => set({ past: [], now: await api.edit(graph, { action: "check" }), future: [] }),
    [set],
  );
  const change = useCallback(
    async (change: object) => {
      const now = latest.current.now;
      if (now) step(await api.edit(now.graph, change));
    },
    [step],
  );
  const replace = useCallback(async (graph: Graph) => step(await api.edit(graph, { action: "check" })), [step]);
  const turn = useCallback(
    (node: number, name: string, value: number, done: boolean) => {
      const { past, now, future } = latest.current;
      if (!now) return;
      moving.current ??= now;
      const nodes = now.graph.nodes.map((each, place) =>
        place === node ? { ...each, parameters: { ...each.parameters, [name]: value } } : each,
      );
      const next = { ...now, graph: { ...now.graph, nodes } };
      if (!done) return set({ past, now: next, future });
      const before = moving.current;
      moving.current = null;
      set({ past: [...past, before].slice(-MOST), now: next, future: [] });
    },
    [set],
  );
  const undo = useCallback(() => {
    const { past, now, future } = latest.current;
    const before = past.at(-1);
    if (before && now) set({ past: past.slice(0, -1), now: before, future: [now, ...future] });
  }, [set]);
  const redo = useCallback(() => {
    const { past, now, future } = latest.current;
    const next = future[0];
    if (next && now) set({ past: [...past, now], now: next, future: future.slice(1) });
  }, [set]);
  const { past, now, future } = history;
  return { drawn: now, canUndo: past.length > 0, canRedo: future.length > 0, undo, redo, open, change, turn, replace };
}
