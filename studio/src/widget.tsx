/** The canvas, knobs and player in a notebook (anywidget); the state is kept in Python. */

import { render as show } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import flowStyle from "@xyflow/react/dist/base.css?inline";
import { Canvas, type Selection } from "./Canvas";
import { Listening } from "./Listening";
import { Panel } from "./Panel";
import { Player } from "./player";
import ownStyle from "./style.css?inline";
import type { Drawn, Figures, Registry, Take } from "./types";

interface Model {
  get<T>(name: string): T;
  on(event: string, call: (...given: never[]) => void): void;
  off(event: string, call: (...given: never[]) => void): void;
  send(message: object): void;
}

interface Sound {
  kind: "sound";
  key: string;
  figures: Figures;
}

/** The value of a name that Python keeps. */
function useKept<T>(model: Model, name: string): T {
  const [value, setValue] = useState<T>(() => model.get<T>(name));
  useEffect(() => {
    const follow = () => setValue(model.get<T>(name));
    model.on(`change:${name}`, follow);
    return () => model.off(`change:${name}`, follow);
  }, [model, name]);
  return value;
}

/** Takes as Python sends them. */
function useSounds(model: Model): { player: Player; version: number } {
  const [version, setVersion] = useState(0);
  const player = useMemo(() => new Player(model.get<number>("sample_rate")), [model]);
  useEffect(() => {
    player.changed = () => setVersion((count) => count + 1);
    const receive = (message: Sound, buffers: DataView[]) => {
      const data = buffers[0];
      if (message.kind !== "sound" || !data) return;
      const audio = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer;
      void player.load(message.key, { audio, figures: message.figures });
    };
    model.on("msg:custom", receive);
    model.send({ action: "ready" });
    return () => {
      model.off("msg:custom", receive);
      player.close();
    };
  }, [model, player]);
  return { player, version };
}

function NotebookGraph({ model }: { model: Model }) {
  const kept = useKept<Drawn>(model, "drawn");
  const kinds = useKept<Registry["kinds"]>(model, "kinds");
  const fault = useKept<string>(model, "fault");
  const takes = useKept<Omit<Take, "file">[]>(model, "takes");
  const [drawn, setDrawn] = useState(kept);
  const [selected, select] = useState<Selection>({ nodes: [], edges: [] });
  const { player, version } = useSounds(model);
  useEffect(() => setDrawn(kept), [kept, fault]);
  const change = useCallback((wish: object) => model.send(wish), [model]);
  const turn = useCallback(
    (node: number, name: string, value: number, done: boolean) => {
      setDrawn((now) => ({
        ...now,
        graph: {
          ...now.graph,
          nodes: now.graph.nodes.map((each, place) =>
            place === node ? { ...each, parameters: { ...each.parameters, [name]: value } } : each,
          ),
        },
      }));
      if (done) model.send({ action: "turn", node, name, value });
    },
    [model],
  );
  const registry = { kinds } as Registry;
  return (
    <div class="workbench">
      {(fault || drawn.missing) && (
        <p class="fault" role="status">
          {fault || drawn.missing}
        </p>
      )}
      <div class="canvas">
        <Canvas drawn={drawn} registry={registry} selected={selected} select={select} change={change} />
      </div>
      <Panel drawn={drawn} registry={registry} selected={selected} turn={turn} change={change} />
      <Listening
        player={player}
        takes={takes as Take[]}
        version={version}
        busy={false}
        chosen={(start, end) => player.setRegion(start, end)}
        rated={() => undefined}
      />
    </div>
  );
}

/** Styles of the page without effect on the notebook, and without effect of its styles. */
function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const root = el.shadowRoot ?? el.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = `${flowStyle}${ownStyle}`.replaceAll(":root", ":host") + HOST;
  const place = document.createElement("div");
  root.replaceChildren(style, place);
  show(<NotebookGraph model={model} />, place);
  return () => show(null, place);
}

const HOST = `
:host { display: block; background: var(--paper); color: var(--ink); padding: 0.5rem; }
.workbench > .canvas { height: 420px; }
.workbench > .panel { max-height: 420px; }
`;

export default { render };
