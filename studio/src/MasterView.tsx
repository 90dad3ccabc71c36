/** A master: levels before and after, the comparison, and the same match with other amounts. */

import { useState } from "preact/hooks";
import { Amounts } from "./Amounts";
import * as api from "./api";
import { Listening } from "./Listening";
import type { Job, Registry } from "./types";
import { usePlayer, usePlayerKeys } from "./usePlayer";

interface Props {
  job: Job;
  registry: Registry;
  show: (id: string) => void;
  refused: (error: unknown) => void;
}

const COLUMNS = [
  ["lufs", "LUFS"],
  ["range_lu", "range LU"],
  ["true_peak_db", "true peak dBTP"],
  ["crest_db", "crest dB"],
] as const;

export function MasterView({ job, registry, show, refused }: Props) {
  const result = job.result!;
  const given = (job.request["amounts"] ?? {}) as Record<string, number>;
  const [amounts, setAmounts] = useState(given);
  const { player, version } = usePlayer(job, refused);
  const takes = result.takes ?? [];
  usePlayerKeys(player, takes.map((take) => take.key));
  const again = () =>
    api.start("match", { ...job.request, amounts }).then((next) => show(next.id), refused);
  return (
    <div class="master">
      <section aria-label="Result">
        <h2>{job.name}</h2>
        <table>
          <thead>
            <tr>
              <th />
              {COLUMNS.map(([key, name]) => (
                <th key={key} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Object.entries(result.levels ?? {}).map(([name, levels]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {COLUMNS.map(([key]) => (
                  <td key={key}>{levels[key]?.toFixed(1) ?? "–"}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {result.warnings?.map((line) => (
          <p class="soft" key={line}>
            {line}
          </p>
        ))}
        <p class="row">
          {result.downloads?.map((name) => (
            <a key={name} class="button" href={api.fileOf(job.id, name, true)} download>
              {name}
            </a>
          ))}
        </p>
      </section>
      {player && (
        <Listening
          player={player}
          takes={takes}
          version={version}
          busy={false}
          chosen={(start, end) => player.setRegion(start, end)}
          rated={(trial) => api.rate(job.id, "abx", trial).catch(refused)}
        />
      )}
      <Amounts registry={registry} amounts={amounts} change={setAmounts}>
        <button onClick={() => void again()}>Match again</button>
      </Amounts>
    </div>
  );
}
