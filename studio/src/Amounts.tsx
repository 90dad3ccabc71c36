/** Sliders for how far each aspect of a match goes. */

import type { ComponentChildren } from "preact";
import type { Registry } from "./types";
import { percent } from "./values";

interface Props {
  registry: Registry;
  amounts: Record<string, number>;
  change: (amounts: Record<string, number>) => void;
  children?: ComponentChildren;
}

export function Amounts({ registry, amounts, change, children }: Props) {
  const share = registry.ranges["share"] ?? { low: 0, high: 1, unit: "" };
  return (
    <fieldset>
      <legend>How far each aspect goes</legend>
      {registry.amounts.map((name) => (
        <label class="field" key={name}>
          {name}
          <input
            type="range"
            min={share.low}
            max={share.high}
            step="any"
            value={amounts[name] ?? share.high}
            onInput={(event) => change({ ...amounts, [name]: event.currentTarget.valueAsNumber })}
          />
          <output>{percent(amounts[name] ?? share.high)}</output>
        </label>
      ))}
      {children}
    </fieldset>
  );
}
