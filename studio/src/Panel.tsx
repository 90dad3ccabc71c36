/** The selected processor with its knobs, or the selected wire with its gain. */

import type { Selection } from "./Canvas";
import { Knob } from "./Knob";
import type { Drawn, Registry } from "./types";

interface Props {
  drawn: Drawn;
  registry: Registry;
  selected: Selection;
  turn: (node: number, name: string, value: number, done: boolean) => void;
  change: (change: object) => void;
}

export function Panel({ drawn, registry, selected, turn, change }: Props) {
  const place = selected.nodes.at(-1);
  const wire = selected.edges[0];
  if (place !== undefined && drawn.graph.nodes[place]) {
    return <NodePanel {...{ drawn, registry, place, turn, change }} remove={selected.nodes} />;
  }
  if (wire !== undefined && drawn.graph.edges[wire]) return <WirePanel {...{ drawn, wire, change }} />;
  return (
    <aside class="panel" aria-label="Settings">
      <p class="soft">
        Select a processor to turn its knobs, or a wire for its gain. Drag from port to port to connect; drag the end
        of a wire to move it.
      </p>
    </aside>
  );
}

interface NodeProps extends Omit<Props, "selected"> {
  place: number;
  remove: number[];
}

function NodePanel({ drawn, registry, place, turn, change, remove }: NodeProps) {
  const node = drawn.graph.nodes[place];
  const box = drawn.boxes[place];
  const kind = node && registry.kinds[node.kind];
  if (!node || !box) return null;
  const fed = new Set(drawn.graph.edges.filter((edge) => edge.target === place).map((edge) => edge.inlet));
  return (
    <aside class="panel" aria-label={`Settings of ${box.title}`}>
      <h2>
        {kind?.label ?? node.name ?? node.kind}
        {box.certainty && (
          <span class={`word ${box.certainty.word}`}>
            {box.certainty.word} {Math.round(100 * box.certainty.probability)} %
          </span>
        )}
      </h2>
      <p class="soft">{kind?.summary ?? (node.kind === "out" ? "The output." : "A source.")}</p>
      <div class="knobs">
        {kind?.parameters.map((knob) => (
          <Knob
            key={knob.name}
            knob={knob}
            value={node.parameters?.[knob.name] ?? knob.default}
            moved={knob.inlet !== null && fed.has(knob.inlet)}
            turn={(value, done) => turn(place, knob.name, value, done)}
          />
        ))}
      </div>
      {(kind?.curves.length ?? 0) > 0 && (
        <p class="soft">{kind?.curves.map((curve) => `${curve.label}: ${curve.size} values`).join("; ")}</p>
      )}
      {node.kind !== "out" && (
        <button onClick={() => change({ action: "delete", nodes: remove })}>
          {remove.length > 1 ? `Delete ${remove.length} nodes` : "Delete"}
        </button>
      )}
    </aside>
  );
}

const GAIN_DB = 60;

function WirePanel({ drawn, wire, change }: { drawn: Drawn; wire: number; change: (change: object) => void }) {
  const edge = drawn.graph.edges[wire];
  if (!edge) return null;
  const control = drawn.wires[wire]?.signal === "control";
  const ends = [drawn.boxes[edge.source]?.title, drawn.boxes[edge.target]?.title].join(" → ");
  const db = edge.gain === 0 ? -GAIN_DB : 20 * Math.log10(Math.abs(edge.gain));
  const shown = control ? edge.gain : Number(db.toFixed(2));
  const set = (value: number) => {
    if (!Number.isFinite(value)) return;
    const gain = control ? value : value <= -GAIN_DB ? 0 : Math.sign(edge.gain || 1) * 10 ** (value / 20);
    change({ action: "gain", edge: wire, gain });
  };
  return (
    <aside class="panel" aria-label="Settings of a wire">
      <h2>{ends}</h2>
      <p class="soft">
        {control ? "A control signal" : "Audio"} from {edge.outlet} to {edge.inlet}.
      </p>
      <label class="field">
        {control ? "Depth" : "Gain in dB"}
        <input
          key={`${wire} ${edge.gain}`}
          type="number"
          step={control ? 0.05 : 0.5}
          defaultValue={String(shown)}
          onChange={(event) => set(event.currentTarget.valueAsNumber)}
        />
      </label>
      <button onClick={() => change({ action: "disconnect", edge: wire })}>Disconnect</button>
    </aside>
  );
}
