/** A graph that was found: seen, played, edited, compared and exported. */

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import * as api from "./api";
import { AddMenu } from "./AddMenu";
import { Canvas, type Selection } from "./Canvas";
import { Downloads } from "./Downloads";
import { FileSlot } from "./FileSlot";
import { Listening } from "./Listening";
import { Panel } from "./Panel";
import { StripTable } from "./StripTable";
import type { Graph, Job, Registry, StoredFile } from "./types";
import { useEditor } from "./useEditor";
import { usePlayer, usePlayerKeys } from "./usePlayer";
import { percent } from "./values";

interface Props {
  job: Job;
  registry: Registry;
  refused: (error: unknown) => void;
}

const EDIT = "edit";
const SAVE_MS = 800;
const NOTHING: Selection = { nodes: [], edges: [] };

export function Workbench({ job, registry, refused }: Props) {
  const result = job.result!;
  const editor = useEditor();
  const { drawn } = editor;
  const [selected, select] = useState<Selection>(NOTHING);
  const [own, setOwn] = useState<StoredFile[]>([]);
  const [busy, setBusy] = useState(false);
  const [latency, setLatency] = useState<number | null>(null);
  const copied = useRef<Graph | null>(null);
  const { player, version } = usePlayer(job, refused);
  const takes = result.takes ?? [];
  usePlayerKeys(player, takes.map((take) => take.key));

  useEffect(() => {
    const kept = job.graphs?.find((each) => each.name === EDIT);
    const graph = kept?.graph ?? result.graph;
    if (graph) editor.open(graph).catch(refused);
  }, [job.id]);

  const change = useCallback(
    (wish: object) => {
      editor.change(wish).then(() => select(NOTHING), refused);
    },
    [editor.change, refused],
  );
  const turn = useCallback(
    (node: number, name: string, value: number, done: boolean) => editor.turn(node, name, value, done),
    [editor.turn],
  );

  // Renders follow the graph: one at a time, always the newest.
  const dry = useMemo(() => {
    const first = result.sources?.[0];
    return own[0] && first ? { [first.name ?? first.kind]: own[0].id } : {};
  }, [own]);
  useEffect(() => {
    // The dry take is what a bare wire plays.
    const first = result.sources?.[0];
    if (!player || !first || !own[0] || !drawn) return;
    const wire = { ...drawn.graph, nodes: [{ kind: first.kind, ...(first.name && { name: first.name }) }, { kind: "out" }], edges: [{ source: 0, target: 1 }] };
    api.render({ graph: wire, job: job.id, dry, seconds: 60 }).then((sound) => player.load("dry", sound), refused);
  }, [own]);
  const region = player?.region.join();
  const request = useMemo(() => {
    if (!drawn || drawn.missing || !player) return null;
    const [start, end] = player.region;
    return { graph: drawn.graph, job: job.id, dry, start_s: start, seconds: Math.min(end - start, 60) };
  }, [drawn?.graph, drawn?.missing, dry, region, player]);
  useRenders(request, async (wish, first) => {
    if (first && !job.graphs?.length && !own.length) return;
    const begun = performance.now();
    setBusy(true);
    try {
      const sound = await api.render(wish);
      await player?.load("render", sound, wish.start_s);
      setLatency(performance.now() - begun);
    } catch (error) {
      refused(error);
    } finally {
      setBusy(false);
    }
  });

  // The edited graph is kept on the server, so that nothing is lost with the page.
  useEffect(() => {
    if (!drawn || !editor.canUndo) return;
    const timer = setTimeout(() => api.keep(job.id, EDIT, drawn.graph).catch(refused), SAVE_MS);
    return () => clearTimeout(timer);
  }, [drawn?.graph]);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (/^(INPUT|SELECT|TEXTAREA)$/.test((event.target as HTMLElement).tagName)) return;
      const control = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      if (control && key === "z" && !event.shiftKey) editor.undo();
      else if (control && (key === "y" || key === "z")) editor.redo();
      else if (control && key === "c" && drawn && selected.nodes.length) copied.current = part(drawn.graph, selected);
      else if (control && key === "v" && copied.current) change({ action: "paste", part: copied.current });
      else if (key === "delete" || key === "backspace") {
        if (selected.nodes.length) change({ action: "delete", nodes: selected.nodes });
        else if (selected.edges.length) change({ action: "disconnect", edge: selected.edges[0] });
        else return;
      } else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [editor, drawn, selected, change]);

  if (!drawn) return <p class="soft">Opening …</p>;
  const also = Object.entries(result.perhaps_also ?? {});
  return (
    <div class="workbench">
      <section class="found" aria-label="Result">
        <h2>{result.verdict ?? job.name}</h2>
        <p class="soft">
          {result.verdict && `${job.name} · `}
          {result.loss !== undefined && `loss ${result.loss.toFixed(4)}, console ${result.loss_console?.toFixed(4)} · `}
          {result.pruning_ratio !== undefined && `${percent(result.pruning_ratio)} of the processors removed · `}
          {result.own_dry ? `rendered on ${result.dry_name}` : `rendered on ${result.dry_name}: compare character, not content`}
          {also.length > 0 && ` · perhaps also: ${also.map(([kind, share]) => `${kind} ${percent(share)}`).join(", ")}`}
        </p>
        {(result.candidates?.length ?? 0) > 1 && (
          <div class="candidates" role="group" aria-label="Candidates">
            {result.refined && result.graph && (
              <button onClick={() => editor.replace(result.graph!).catch(refused)}>Refined</button>
            )}
            {result.candidates?.map((each, place) => (
              <button
                key={each.name}
                aria-pressed={same(drawn.graph, each.graph)}
                onClick={() => {
                  select(NOTHING);
                  editor.replace(each.graph).catch(refused);
                }}
              >
                <b>{place + 1}</b> {each.name} <span class="soft">{percent(each.share)}</span>
              </button>
            ))}
          </div>
        )}
      </section>
      <div class="tools row" role="toolbar" aria-label="Editing">
        <button onClick={editor.undo} disabled={!editor.canUndo} aria-label="Undo">
          ↶
        </button>
        <button onClick={editor.redo} disabled={!editor.canRedo} aria-label="Redo">
          ↷
        </button>
        <AddMenu registry={registry} drawn={drawn} selected={selected} change={change} />
        <Downloads job={job} registry={registry} drawn={drawn} dry={dry} refused={refused} />
        <span class="grow" />
        {drawn.missing && (
          <span class="fault" role="status">
            {drawn.missing}
          </span>
        )}
        {latency !== null && !drawn.missing && <span class="soft" data-latency={latency}>{`rendered in ${latency.toFixed(0)} ms`}</span>}
      </div>
      <div class="canvas">
        <Canvas drawn={drawn} registry={registry} selected={selected} select={select} change={change} />
      </div>
      <Panel drawn={drawn} registry={registry} selected={selected} turn={turn} change={change} />
      {player ? (
        <Listening
          player={player}
          takes={takes}
          version={version}
          busy={busy}
          chosen={(start, end) => player.setRegion(start, end)}
          rated={(trial) => api.rate(job.id, "abx", trial).catch(refused)}
        />
      ) : (
        <p class="soft listening">Loading audio …</p>
      )}
      {drawn.strips && <StripTable drawn={drawn} registry={registry} selected={selected} select={select} />}
      {result.sources?.length === 1 && (
        <details class="own">
          <summary>Play another dry signal through the graph</summary>
          <FileSlot label="Dry signal" hint="Any recording." many={false} files={own} stored={[]} change={setOwn} refused={refused} />
        </details>
      )}
      {(result.notices?.length ?? 0) > 0 && (
        <details>
          <summary>Notes</summary>
          <ul>{result.notices?.map((line) => <li key={line}>{line}</li>)}</ul>
        </details>
      )}
    </div>
  );
}

/** Run a render whenever the request changes; while one runs only the last request is kept. */
function useRenders<T extends object>(request: T | null, run: (request: T, first: boolean) => Promise<void>): void {
  const newest = useRef<T | null>(null);
  const running = useRef(false);
  const first = useRef(true);
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    if (!request) return;
    newest.current = request;
    if (running.current) return;
    running.current = true;
    void (async () => {
      while (newest.current) {
        const next = newest.current;
        newest.current = null;
        await latest.current(next, first.current);
        first.current = false;
      }
      running.current = false;
    })();
  }, [request]);
}

/** The selected nodes with the wires between them. */
function part(graph: Graph, selected: Selection): Graph {
  const place = new Map(selected.nodes.map((node, i) => [node, i]));
  return {
    ...graph,
    nodes: selected.nodes.flatMap((node) => graph.nodes[node] ?? []),
    edges: graph.edges
      .filter((edge) => place.has(edge.source) && place.has(edge.target))
      .map((edge) => ({ ...edge, source: place.get(edge.source)!, target: place.get(edge.target)! })),
  };
}

const plain = (graph: Graph) => JSON.stringify(graph.nodes.map((node) => [node.kind, node.parameters]));
const same = (one: Graph, other: Graph) => plain(one) === plain(other);
