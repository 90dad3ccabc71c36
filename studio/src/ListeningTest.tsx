/** A MUSHRA test (ITU-R BS.1534-3): a listener enters, sets the volume, trains, rates trial by trial; results. */

import { useState } from "preact/hooks";
import * as api from "./api";
import { RatedTrial } from "./RatedTrial";
import { TestResults } from "./TestResults";
import type { Job, Session } from "./types";
import { counted } from "./values";

interface Props {
  job: Job;
  refused: (error: unknown) => void;
}

type Step = "enter" | "training" | "rating" | "end";

export function ListeningTest({ job, refused }: Props) {
  const [session, setSession] = useState<Session | null>(null);
  const [step, setStep] = useState<Step>("enter");
  const [name, setName] = useState("");
  const [volume, setVolume] = useState(0.7);
  const [practised, practise] = useState(0);
  const result = job.result!;
  const open = session?.trials.findIndex((trial) => !trial.rated) ?? -1;

  const enter = async () => {
    try {
      setSession(await api.enter(job.id, name));
      setStep("training");
    } catch (error) {
      refused(error);
    }
  };
  const rate = async (trial: number, scores: Record<string, number>) => {
    try {
      const next = await api.score(job.id, session!.id, trial, scores);
      setSession(next);
      if (next.trials.every((each) => each.rated)) setStep("end");
    } catch (error) {
      refused(error);
    }
  };
  const shared = { job, volume, setVolume, refused };

  if (step === "training" && session) {
    const trial = session.trials[practised % session.trials.length]!;
    return (
      <section class="mushra" aria-label="Training">
        <h2>Set the volume, and hear all there is</h2>
        <p class="soft">
          Nothing is rated yet. Play every sound of each trial, so that you know the range of qualities; set a volume at
          which you hear small differences, and keep it.
        </p>
        <RatedTrial key={trial.trial} {...shared} trial={trial} heading={`Training: ${trial.name}`} />
        <p class="row">
          {session.trials.length > 1 && <button onClick={() => practise(practised + 1)}>Another trial</button>}
          <button class="main" onClick={() => setStep(open < 0 ? "end" : "rating")}>
            Begin to rate
          </button>
        </p>
      </section>
    );
  }
  if (step === "rating" && session && open >= 0) {
    const trial = session.trials[open]!;
    return (
      <section class="mushra" aria-label="Trial">
        <RatedTrial
          key={trial.trial}
          {...shared}
          trial={trial}
          heading={`Trial ${open + 1} of ${session.trials.length}`}
          rated={(scores) => void rate(trial.trial, scores)}
        />
      </section>
    );
  }
  return (
    <section class="mushra" aria-label="Listening test">
      <h2>{result.title}</h2>
      <p class="soft">
        {counted(result.trials?.length ?? 0, "trial")} of {result.conditions?.length} sounds: the reference, hidden among them, two
        anchors (the reference below 3.5 and 7 kHz), and {result.conditions?.slice(3).join(", ")}.
      </p>
      {step === "end" ? (
        <p role="status">Thank you, {session?.name}. All trials are rated.</p>
      ) : (
        <form
          class="row"
          onSubmit={(event) => {
            event.preventDefault();
            void enter();
          }}
        >
          <label>
            Listener <input class="typed" value={name} maxLength={80} onInput={(event) => setName(event.currentTarget.value)} />
          </label>
          <button class="main" disabled={!name.trim()}>
            Begin
          </button>
          <span class="soft">The same name continues a test that was interrupted.</span>
        </form>
      )}
      <TestResults job={job} refused={refused} />
    </section>
  );
}
