/** The graph taken home: exports by the server's registry of formats, a render of the whole, and reports. */

import { useState } from "preact/hooks";
import * as api from "./api";
import type { Drawn, Job, Registry } from "./types";

interface Props {
  job: Job;
  registry: Registry;
  drawn: Drawn;
  dry: Record<string, string>;
  refused: (error: unknown) => void;
}

const EVERY_MS = 250;

/** Wait for a quick job; its failure is thrown. */
async function finished(id: string): Promise<Job> {
  for (;;) {
    const job = await api.job(id);
    if (job.state === "done") return job;
    if (job.state === "failed" || job.state === "cancelled") throw new api.Refused(job.error ?? "cancelled");
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

function save(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.click();
}

export function Downloads({ job, registry, drawn, dry, refused }: Props) {
  const [busy, setBusy] = useState(false);
  const [lines, setLines] = useState<string[]>([]);
  const run = async (task: string, more: object) => {
    setBusy(true);
    setLines([]);
    try {
      const begun = await api.start(task, { graph: drawn.graph, job: job.id, dry, ...more });
      const done = await finished(begun.id);
      setLines(done.result?.lines ?? []);
      for (const name of done.result?.downloads ?? []) save(api.fileOf(done.id, name, true));
    } catch (error) {
      refused(error);
    } finally {
      setBusy(false);
    }
  };
  const choose = (value: string) => {
    if (value === "json") saveText("graph.json", JSON.stringify(drawn.graph, null, 2));
    else if (value === "wav") void run("render", {});
    else if (value.startsWith("file:")) open(api.fileOf(job.id, value.slice(5), !value.endsWith(".html")), "_blank");
    else void run("export", { format: value.slice(7) });
  };
  const reports = job.result?.downloads ?? [];
  return (
    <>
      <select
        class="add"
        value=""
        aria-label="Export"
        disabled={busy || drawn.missing !== null}
        onChange={(event) => {
          if (event.currentTarget.value) choose(event.currentTarget.value);
          event.currentTarget.value = "";
        }}
      >
        <option value="">{busy ? "Exporting …" : "Export …"}</option>
        <optgroup label="This graph">
          {registry.formats.map((format) => (
            <option key={format.ending} value={`format:${format.ending}`} title={format.holds}>
              {format.title} {format.ending}
            </option>
          ))}
          <option value="json">Graph .json</option>
          <option value="wav">Render of the whole dry signal .wav</option>
        </optgroup>
        {reports.length > 0 && (
          <optgroup label="As it was found">
            {reports.map((name) => (
              <option key={name} value={`file:${name}`}>
                {name}
              </option>
            ))}
          </optgroup>
        )}
      </select>
      {lines.length > 0 && (
        <div class="export-report" role="status">
          <button class="plain" onClick={() => setLines([])} aria-label="Close the report">
            ✕
          </button>
          {lines.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </div>
      )}
    </>
  );
}

function saveText(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
