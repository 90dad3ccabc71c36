/** What the server sends; see src/unpatch/pages/studio. Times are in seconds, frequencies in Hz. */

export type Signal = "audio" | "control";
export type Word = "sure" | "likely" | "perhaps";

export interface GraphNode {
  kind: string;
  parameters?: Record<string, number>;
  version?: number;
  confidence?: number;
  name?: string;
  curves?: Record<string, number[]>;
}

export interface GraphEdge {
  source: number;
  target: number;
  outlet: string;
  inlet: string;
  gain: number;
}

export interface Graph {
  schema: string;
  schema_version: number;
  nodes: GraphNode[];
  edges: GraphEdge[];
}

export interface Pin {
  name: string;
  signal: Signal;
  y: number;
  label: string;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
  title: string;
  family: string;
  colour: string;
  certainty: { word: Word; probability: number } | null;
  compact: boolean;
  inlets: Pin[];
  outlets: Pin[];
}

/** Where a wire runs: between two points straight if they share x or y, else as a smooth curve. */
export interface Wire {
  signal: Signal;
  points: [number, number][];
  label: { x: number; y: number; text: string } | null;
}

/** A graph with its layout; `missing` is what it lacks before it can be played. */
export interface Drawn {
  graph: Graph;
  missing: string | null;
  width: number;
  height: number;
  boxes: Box[];
  wires: Wire[];
  /** Of a mixing console: its strips in the order of the mix, with the places of their processors. */
  strips: Strip[] | null;
}

export interface Strip {
  name: string;
  track: boolean;
  feeds: string;
  nodes: number[];
}

export interface Knob {
  name: string;
  label: string;
  low: number;
  high: number;
  default: number;
  unit: string;
  scale: "linear" | "log";
  neutral: number | null;
  inlet: string | null;
  doc: string;
  size: number;
}

export interface Kind {
  label: string;
  family: string;
  version: number;
  summary: string;
  inlets: { name: string; signal: Signal; required: boolean; moves: string | null }[];
  outlets: { name: string; signal: Signal }[];
  parameters: Knob[];
  curves: Knob[];
}

export interface Range {
  low: number;
  high: number;
  unit: string;
}

export interface Registry {
  version: string;
  upload_bytes: number;
  kinds: Record<string, Kind>;
  tasks: string[];
  task_sources: Record<string, string[]>;
  drums: string[];
  formats: { ending: string; title: string; holds: string }[];
  certainty: Record<Word, number>;
  amounts: string[];
  presets: string[];
  ranges: Record<string, Range>;
}

export interface StoredFile {
  id: string;
  name: string;
  bytes: number;
  kind: "audio" | "graph";
  created_s: number;
  seconds?: number;
  sample_rate?: number;
  channels?: number;
}

export interface Progress {
  stage: string;
  share: number | null;
  loss?: number | null;
  processors?: number;
  seconds_left?: number | null;
  distance?: number | null;
  graph?: Graph;
}

export interface Take {
  key: string;
  name: string;
  file: string;
}

export interface Candidate {
  name: string;
  share: number;
  distance: number | null;
  graph: Graph;
}

export interface Levels {
  lufs: number | null;
  range_lu: number | null;
  true_peak_db: number | null;
  crest_db: number | null;
}

export interface Result {
  graph?: Graph;
  candidates?: Candidate[];
  refined?: boolean;
  verdict?: string;
  perhaps_also?: Record<string, number>;
  own_dry?: boolean;
  dry_name?: string;
  sample_rate: number;
  seconds: number;
  takes?: Take[];
  sources?: { kind: string; name: string | null; file: string }[];
  downloads?: string[];
  notices?: string[];
  warnings?: string[];
  loss?: number;
  loss_console?: number;
  pruning_ratio?: number;
  levels?: Record<string, Levels>;
  lines?: string[];
  /** Of a listening test. */
  title?: string;
  trials?: Trial[];
  conditions?: string[];
}

export interface Trial {
  name: string;
  reference: string;
  seconds: number;
}

/** A listener's way through a listening test, with trials and stimuli in their order. */
export interface Session {
  id: string;
  name: string;
  trials: (Trial & { trial: number; stimuli: string[]; rated: boolean })[];
}

export interface Analysis {
  conditions: { condition: string; median: number; low: number; high: number; mean: number; count: number }[];
  pairs: { one: string; other: string; difference: number; p: number; p_holm: number }[];
  excluded: Record<string, string>;
  listeners: string[];
  incomplete: string[];
}

export type State = "waiting" | "running" | "done" | "failed" | "cancelled";

export interface Job {
  id: string;
  task: string;
  name: string;
  state: State;
  error: string | null;
  attempts: number;
  created_s: number;
  request: Record<string, unknown>;
  progress: Progress | null;
  result?: Result | null;
  graphs?: { name: string; graph: Graph }[];
}

/** Of audio: integrated loudness, largest sample, length. */
export interface Figures {
  lufs: number | null;
  peak: number;
  seconds: number;
}
