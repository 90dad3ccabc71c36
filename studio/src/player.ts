/**
 * Takes that play in step: all run at once, all but one silent, so that switching is immediate and seamless.
 * Levels are matched by integrated loudness, and lowered together so that none is clipped.
 */

import type { Sound } from "./api";
import type { Figures } from "./types";

const FADE_S = 0.008;

interface Track {
  buffer: AudioBuffer;
  figures: Figures;
  gain: GainNode;
  source: AudioBufferSourceNode | null;
}

export class Player {
  private context: AudioContext;
  private tracks = new Map<string, Track>();
  private startedAt = 0;
  private offset = 0;
  private out: GainNode;
  playing = false;
  matched = true;
  looped = true;
  current = "render";
  region: [number, number] = [0, 0];
  /** Called when playing, position or takes have changed. */
  changed: () => void = () => undefined;

  constructor(sampleRate: number) {
    this.context = new AudioContext({ sampleRate });
    this.out = this.context.createGain();
    this.out.connect(this.context.destination);
  }

  get seconds(): number {
    return Math.max(0, ...[...this.tracks.values()].map((track) => track.buffer.duration));
  }

  get sampleRate(): number {
    return this.context.sampleRate;
  }

  has(key: string): boolean {
    return this.tracks.has(key);
  }

  samples(key: string): Float32Array | null {
    return this.tracks.get(key)?.buffer.getChannelData(0) ?? null;
  }

  /** Load a take, or put a render in the place of a region of it, while it plays. */
  async load(key: string, sound: Sound, at_s?: number): Promise<void> {
    const decoded = await this.context.decodeAudioData(sound.audio);
    const old = this.tracks.get(key);
    const buffer = at_s === undefined || !old ? decoded : this.replaced(old.buffer, decoded, at_s);
    const gain = old?.gain ?? this.context.createGain();
    if (!old) gain.connect(this.out);
    const position = this.position;
    this.tracks.set(key, { buffer, figures: sound.figures, gain, source: old?.source ?? null });
    if (this.region[1] === 0) this.region = [0, buffer.duration];
    if (this.playing) this.begin(key, position);
    this.setLevels();
    this.changed();
  }

  private replaced(old: AudioBuffer, part: AudioBuffer, at_s: number): AudioBuffer {
    const length = Math.max(old.length, Math.round(at_s * old.sampleRate) + part.length);
    const whole = this.context.createBuffer(2, length, old.sampleRate);
    for (let channel = 0; channel < 2; channel++) {
      whole.copyToChannel(old.getChannelData(Math.min(channel, old.numberOfChannels - 1)), channel);
      const samples = part.getChannelData(Math.min(channel, part.numberOfChannels - 1));
      whole.copyToChannel(samples, channel, Math.round(at_s * old.sampleRate));
    }
    return whole;
  }

  get position(): number {
    if (!this.playing) return this.offset;
    const [start, end] = this.region;
    const passed = this.offset + this.context.currentTime - this.startedAt;
    if (!this.looped || passed < end) return Math.min(passed, this.looped ? end : this.seconds);
    return start + ((passed - start) % Math.max(0.01, end - start));
  }

  async play(): Promise<void> {
    await this.context.resume();
    const [start, end] = this.region;
    if (this.offset < start || this.offset >= end - 0.01) this.offset = start;
    this.startedAt = this.context.currentTime + 0.02;
    this.playing = true;
    for (const key of this.tracks.keys()) this.begin(key, this.offset, this.startedAt);
    this.setLevels();
    this.changed();
  }

  pause(): void {
    this.offset = this.position;
    this.playing = false;
    for (const track of this.tracks.values()) {
      track.source?.stop();
      track.source = null;
    }
    this.changed();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else void this.play();
  }

  seek(seconds: number): void {
    const again = this.playing;
    if (again) this.pause();
    this.offset = Math.min(Math.max(0, seconds), this.seconds);
    if (again) void this.play();
    this.changed();
  }

  setRegion(start: number, end: number): void {
    this.region = [start, end];
    if (this.position < start || this.position >= end) this.seek(start);
    for (const track of this.tracks.values()) this.setLoop(track.source);
    this.changed();
  }

  setLooped(looped: boolean): void {
    this.looped = looped;
    for (const track of this.tracks.values()) this.setLoop(track.source);
    this.changed();
  }

  choose(key: string): void {
    if (!this.tracks.has(key)) return;
    this.current = key;
    this.setLevels();
    this.changed();
  }

  setMatched(matched: boolean): void {
    this.matched = matched;
    this.setLevels();
    this.changed();
  }

  /** Of everything, from 0 to 1. */
  setVolume(volume: number): void {
    this.out.gain.setTargetAtTime(volume, this.context.currentTime, FADE_S);
  }

  close(): void {
    if (this.playing) this.pause();
    void this.context.close();
  }

  /** Height of a take's full scale in pictures: the loudest take of all, as it is played, fills them. */
  scale(key: string): number {
    const peaks = [...this.tracks].map(([each, track]) => this.matching(each) * track.figures.peak);
    return this.matching(key) / Math.max(1e-6, ...peaks);
  }

  /** Gain of a take in dB, for display. */
  gainDb(key: string): number {
    return 20 * Math.log10(this.gainOf(key));
  }

  private setLoop(source: AudioBufferSourceNode | null): void {
    if (!source) return;
    source.loop = this.looped;
    [source.loopStart, source.loopEnd] = this.region;
  }

  private begin(key: string, offset: number, when = this.context.currentTime): void {
    const track = this.tracks.get(key);
    if (!track) return;
    track.source?.stop(when);
    const source = this.context.createBufferSource();
    source.buffer = track.buffer;
    this.setLoop(source);
    source.connect(track.gain);
    source.start(when, Math.min(offset, track.buffer.duration));
    source.onended = () => {
      if (this.playing && !this.looped && track.source === source && this.position >= this.seconds - 0.05) {
        this.pause();
        this.offset = this.region[0];
      }
    };
    track.source = source;
  }

  private matching(key: string): number {
    const own = this.tracks.get(key)?.figures.lufs;
    const goal = this.tracks.get("reference")?.figures.lufs;
    return this.matched && own != null && goal != null ? 10 ** ((goal - own) / 20) : 1;
  }

  private gainOf(key: string): number {
    const peaks = [...this.tracks].map(([each, track]) => this.matching(each) * track.figures.peak);
    return this.matching(key) / Math.max(1, ...peaks);
  }

  private setLevels(): void {
    for (const [key, track] of this.tracks) {
      const level = key === this.current ? this.gainOf(key) : 0;
      track.gain.gain.setTargetAtTime(level, this.context.currentTime, FADE_S);
    }
  }
}
