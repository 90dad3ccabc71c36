/** Adds a processor: on the selected wire, else before the output. */

import type { Selection } from "./Canvas";
import type { Drawn, Registry } from "./types";

interface Props {
  registry: Registry;
  drawn: Drawn;
  selected: Selection;
  change: (change: object) => void;
}

const SETS = ["console", "published", "mastering"];

export function AddMenu({ registry, drawn, selected, change }: Props) {
  const used = new Set(drawn.graph.nodes.map((node) => registry.kinds[node.kind]?.family));
  const families = new Map<string, string[]>();
  for (const [name, kind] of Object.entries(registry.kinds)) {
    // Processors of a console are offered only in a graph that has some: they change levels on purpose.
    if (SETS.includes(kind.family) && !used.has(kind.family)) continue;
    families.set(kind.family, [...(families.get(kind.family) ?? []), name]);
  }
  const last = drawn.graph.edges.findIndex((edge) => drawn.graph.nodes[edge.target]?.kind === "out");
  const add = (kind: string) => {
    const declared = registry.kinds[kind];
    const edge = selected.edges[0] ?? (last < 0 ? null : last);
    const signal = edge === null ? null : drawn.wires[edge]?.signal;
    const plain = declared?.inlets.some((port) => port.signal === signal && !port.moves);
    const gives = declared?.outlets.some((port) => port.signal === signal);
    change({ action: "insert", kind, edge: plain && gives ? edge : null });
  };
  return (
    <select
      class="add"
      value=""
      aria-label="Add a processor"
      onChange={(event) => {
        if (event.currentTarget.value) add(event.currentTarget.value);
        event.currentTarget.value = "";
      }}
    >
      <option value="">Add …</option>
      {[...families].map(([family, kinds]) => (
        <optgroup key={family} label={family}>
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {kind.replace(/_/g, " ")}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}
