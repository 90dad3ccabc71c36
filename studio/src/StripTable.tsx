/** Strips of a mixing console: tracks by the bus that they feed, with what is left in each. */

import type { Selection } from "./Canvas";
import type { Drawn, Registry } from "./types";
import { percent } from "./values";

interface Props {
  drawn: Drawn;
  registry: Registry;
  selected: Selection;
  select: (selection: Selection) => void;
}

const WEIGHT = "weight";

export function StripTable({ drawn, registry, selected, select }: Props) {
  const count = drawn.strips?.reduce((sum, strip) => sum + strip.nodes.length, 0) ?? 0;
  return (
    <details class="strips" open>
      <summary>
        {drawn.strips?.length} strips, {count} processors
      </summary>
      <div class="wide" tabIndex={0} role="region" aria-label="Strips">
        <table>
          <thead>
            <tr>
              <th scope="col">Strip</th>
              <th scope="col">Feeds</th>
              <th scope="col">Processors, in series</th>
            </tr>
          </thead>
          <tbody>
            {drawn.strips?.map((strip) => (
              <tr key={`${strip.track} ${strip.name}`} class={strip.track ? "track" : "bus"}>
                <th scope="row">{strip.name}</th>
                <td>{strip.feeds}</td>
                <td>
                  {strip.nodes.length === 0 && "–"}
                  {strip.nodes.map((place) => {
                    const node = drawn.graph.nodes[place];
                    const weight = node?.parameters?.[WEIGHT];
                    return (
                      <button
                        key={place}
                        aria-pressed={selected.nodes.includes(place)}
                        onClick={() => select({ nodes: [place], edges: [] })}
                      >
                        {registry.kinds[node?.kind ?? ""]?.label ?? node?.kind}
                        {weight !== undefined && <span class="soft"> {percent(weight)} wet</span>}
                      </button>
                    );
                  })}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
