/** One job: its progress, and what it has found. */

import { useEffect, useState } from "preact/hooks";
import * as api from "./api";
import { Canvas } from "./Canvas";
import { ProgressView } from "./JobList";
import { ListeningTest } from "./ListeningTest";
import { MasterView } from "./MasterView";
import type { Drawn, Job, Registry } from "./types";
import { Workbench } from "./Workbench";

interface Props {
  id: string;
  job: Job | null;
  registry: Registry;
  show: (id: string | null) => void;
  refused: (error: unknown) => void;
}

export function JobView({ id, job, registry, show, refused }: Props) {
  const [whole, setWhole] = useState<Job | null>(null);
  const state = job?.state;
  useEffect(() => {
    api.job(id).then(setWhole, (error: unknown) => {
      refused(error);
      show(null);
    });
  }, [id, state]);
  const now = job ?? whole;
  if (!now) return null;
  if (now.state !== "done" || !whole?.result) {
    return (
      <>
        <ProgressView job={now} refused={refused} />
        <Preview job={now} registry={registry} />
      </>
    );
  }
  if (whole.task === "match") return <MasterView job={whole} registry={registry} show={show} refused={refused} />;
  if (whole.task === "mushra") return <ListeningTest job={whole} refused={refused} />;
  return <Workbench job={whole} registry={registry} refused={refused} />;
}

/** The graph of a search as it is at present. */
function Preview({ job, registry }: { job: Job; registry: Registry }) {
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const graph = job.progress?.graph;
  const stage = job.progress?.stage;
  useEffect(() => {
    if (graph) api.edit(graph, { action: "check" }).then(setDrawn, () => setDrawn(null));
  }, [stage, graph?.nodes.length]);
  if (!drawn) return null;
  return (
    <div class="preview">
      <Canvas drawn={drawn} registry={registry} selected={null} select={() => undefined} />
    </div>
  );
}
