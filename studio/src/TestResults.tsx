/** Results of a listening test: medians with their intervals, comparisons, and who was excluded. */

import { useState } from "preact/hooks";
import * as api from "./api";
import type { Analysis, Job } from "./types";
import { counted } from "./values";

interface Props {
  job: Job;
  refused: (error: unknown) => void;
}

const one = (value: number) => value.toFixed(1);
const probability = (p: number) => (p < 0.001 ? "< 0.001" : p.toFixed(3));

export function TestResults({ job, refused }: Props) {
  const [found, setFound] = useState<Analysis | null>(null);
  const show = () => api.analysis(job.id).then(setFound, refused);
  return (
    <section aria-label="Results">
      <p class="row">
        <button onClick={() => void show()}>{found ? "Update the results" : "Show the results"}</button>
        <a class="button" href={api.scoresOf(job.id)} download>
          scores.csv
        </a>
      </p>
      {found && found.conditions.length === 0 && <p role="status">There are no scores that can be used yet.</p>}
      {found && found.conditions.length > 0 && <Figures found={found} />}
      {found && (
        <ul>
          {Object.entries(found.excluded).map(([name, reason]) => (
            <li key={name}>
              {name} is left out: {reason}.
            </li>
          ))}
          {found.incomplete.map((name) => (
            <li key={name}>{name} has not rated all trials yet.</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Figures({ found }: { found: Analysis }) {
  return (
    <>
      <table>
        <caption>{counted(found.listeners.length, "listener")}; intervals of 95 %, by resampling listeners</caption>
        <thead>
          <tr>
            <th scope="col">Condition</th>
            <th scope="col">Median</th>
            <th scope="col">Interval</th>
            <th scope="col">Mean</th>
            <th scope="col">Scores from 0 to 100</th>
          </tr>
        </thead>
        <tbody>
          {found.conditions.map((each) => (
            <tr key={each.condition}>
              <th scope="row">{each.condition}</th>
              <td>{one(each.median)}</td>
              <td>
                {one(each.low)} to {one(each.high)}
              </td>
              <td>{one(each.mean)}</td>
              <td>
                <svg viewBox="-3 0 106 10" width="212" height="20" aria-hidden="true" class="interval">
                  <line x1="0" y1="5" x2="100" y2="5" class="axis" />
                  <line x1={each.low} y1="5" x2={each.high} y2="5" />
                  <circle cx={each.median} cy="5" r="2.5" />
                </svg>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <details>
        <summary>Comparisons of pairs</summary>
        <table>
          <caption>Wilcoxon’s signed-rank test of the listeners’ means, corrected by Holm</caption>
          <thead>
            <tr>
              <th scope="col">Pair</th>
              <th scope="col">Difference</th>
              <th scope="col">p</th>
              <th scope="col">p, corrected</th>
            </tr>
          </thead>
          <tbody>
            {found.pairs.map((pair) => (
              <tr key={`${pair.one} ${pair.other}`}>
                <th scope="row">
                  {pair.one} – {pair.other}
                </th>
                <td>{one(pair.difference)}</td>
                <td>{probability(pair.p)}</td>
                <td>{probability(pair.p_holm)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}
