/** A place for files: dropped, chosen from disk, or uploaded earlier. */

import { useEffect, useRef, useState } from "preact/hooks";
import * as api from "./api";
import type { StoredFile } from "./types";
import { clock, percent } from "./values";

interface Props {
  label: string;
  hint: string;
  many: boolean;
  accept?: string;
  files: StoredFile[];
  stored: StoredFile[];
  /** Takes a function of the present files: others may come or go while one is uploaded. */
  change: (update: (files: StoredFile[]) => StoredFile[]) => void;
  refused: (error: unknown) => void;
}

const AUDIO = "audio/*,.wav,.flac,.aiff,.aif,.ogg,.mp3";
export const GRAPH = ".json,application/json";

const about = (file: StoredFile) =>
  file.seconds == null ? file.name : `${file.name}, ${clock(file.seconds)}, ${(file.sample_rate ?? 0) / 1000} kHz`;

export function FileSlot({ label, hint, many, accept = AUDIO, files, stored, change, refused }: Props) {
  const [over, setOver] = useState(false);
  const [sent, setSent] = useState<number | null>(null);
  const input = useRef<HTMLInputElement>(null);
  // An upload that ends after its slot is gone belongs to no task any more; the file stays among the earlier ones.
  const gone = useRef(false);
  useEffect(() => () => void (gone.current = true), []);

  const including = (file: StoredFile) => (present: StoredFile[]) =>
    many ? [...present.filter((each) => each.id !== file.id), file] : [file];
  const add = async (list: FileList | null | undefined) => {
    const given = [...(list ?? [])].slice(0, many ? undefined : 1);
    for (const file of given) {
      setSent(0);
      try {
        const uploaded = await api.upload(file, setSent);
        if (!gone.current) change(including(uploaded));
      } catch (error) {
        refused(error);
      }
    }
    setSent(null);
  };
  const left = stored.filter((file) => !files.some((each) => each.id === file.id));
  return (
    <div
      class={over ? "slot over" : "slot"}
      role="group"
      aria-label={label}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void add(event.dataTransfer?.files);
      }}
    >
      <h3>{label}</h3>
      {files.map((file) => (
        <p class="file" key={file.id}>
          {about(file)}
          <button
            class="plain"
            aria-label={`Take out ${file.name}`}
            onClick={() => change((present) => present.filter((each) => each.id !== file.id))}
          >
            ✕
          </button>
        </p>
      ))}
      {files.length === 0 && <p class="soft">{hint}</p>}
      <div class="row">
        <button onClick={() => input.current?.click()}>{many ? "Choose files" : "Choose a file"}</button>
        <input
          ref={input}
          type="file"
          hidden
          multiple={many}
          accept={accept}
          aria-label={`File for ${label}`}
          onChange={(event) => {
            void add(event.currentTarget.files);
            event.currentTarget.value = "";
          }}
        />
        {left.length > 0 && (
          <select
            aria-label={`Uploaded earlier, for ${label}`}
            value=""
            onChange={(event) => {
              const file = stored.find((each) => each.id === event.currentTarget.value);
              if (file) change(including(file));
            }}
          >
            <option value="">Uploaded earlier …</option>
            {left.map((file) => (
              <option key={file.id} value={file.id}>
                {about(file)}
              </option>
            ))}
          </select>
        )}
        {sent !== null && <span role="status">Uploading {percent(sent)}</span>}
      </div>
    </div>
  );
}
