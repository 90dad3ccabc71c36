// Takes that play in lockstep: all start on the same sample, and only their gains change.
// Of several players on a page one sounds at a time, and keys go to the one that was used last.
"use strict";
const FADE_S = 0.012;
const players = [];
let current = null;

function setUp(root) {
  const takes = [...root.querySelectorAll(".take")].map((button) => ({
    button,
    source: document.getElementById(button.dataset.audio).textContent,
    matchGain: Number(button.dataset.matchGain),
    buffer: null,
    gain: null,
  }));
  const play = root.querySelector(".play");
  const matched = root.querySelector(".match input");
  const looping = root.querySelector(".loop input");
  const canvas = root.querySelector("canvas");
  const clock = root.querySelector(".clock");
  let context = null;
  let nodes = [];
  let chosen = 0;
  let startedAt = 0;
  let offset = 0;
  let isPlaying = false;
  let length = 0;

  const bytes = (text) => Uint8Array.from(atob(text.trim()), (sign) => sign.charCodeAt(0)).buffer;

  async function load() {
    context = new (window.AudioContext || window.webkitAudioContext)();
    for (const take of takes) {
      take.buffer = await context.decodeAudioData(bytes(take.source));
      take.gain = context.createGain();
      take.gain.connect(context.destination);
    }
    length = Math.max(...takes.map((take) => take.buffer.duration));
    mix(0);
    paint();
  }

  const level = (take, index) => (index === chosen ? (matched.checked ? take.matchGain : 1) : 0);

  function mix(fade) {
    takes.forEach((take, index) => {
      const now = context.currentTime;
      take.gain.gain.cancelScheduledValues(now);
      take.gain.gain.setTargetAtTime(level(take, index), now, fade / 3 || 0.0001);
    });
  }

  const position = () => {
    if (!isPlaying) return offset;
    const played = offset + context.currentTime - startedAt;
    return looping.checked ? played % length : Math.min(played, length);
  };

  function stop() {
    nodes.forEach((node) => { node.onended = null; node.stop(); });
    nodes = [];
  }

  function start() {
    startedAt = context.currentTime + 0.05;
    nodes = takes.map((take) => {
      const node = context.createBufferSource();
      node.buffer = take.buffer;
      node.loop = looping.checked;
      node.connect(take.gain);
      node.start(startedAt, offset);
      return node;
    });
    nodes[0].onended = () => { if (isPlaying) pause(0); };
  }

  function show() {
    play.setAttribute("aria-pressed", String(isPlaying));
    play.textContent = isPlaying ? "Pause" : "Play";
    paint();
  }

  function pause(at) {
    isPlaying = false;
    offset = at;
    stop();
    show();
  }

  async function toggle() {
    if (isPlaying) return pause(position());
    if (!context) await load();
    await context.resume();
    if (offset >= length - 0.01) offset = 0;
    players.filter((other) => other !== own).forEach((other) => other.halt());
    isPlaying = true;
    start();
    return show();
  }

  function choose(index) {
    chosen = index;
    takes.forEach((take, i) => take.button.setAttribute("aria-pressed", String(i === index)));
    if (context) mix(FADE_S);
    paint();
  }

  function seek(time) {
    offset = Math.min(Math.max(time, 0), Math.max(length - 0.01, 0));
    if (isPlaying) { stop(); start(); }
    paint();
  }

  function paint() {
    const pen = canvas.getContext("2d");
    const width = (canvas.width = canvas.clientWidth * devicePixelRatio);
    const height = (canvas.height = canvas.clientHeight * devicePixelRatio);
    const peaks = takes[chosen].button.dataset.peaks.split(",").map(Number);
    const top = Math.max(...peaks, 1e-6);
    const now = length ? position() / length : 0;
    peaks.forEach((peak, i) => {
      const x = (i / peaks.length) * width;
      const tall = Math.max((peak / top) * height * 0.92, devicePixelRatio);
      pen.fillStyle = i / peaks.length < now ? takes[chosen].button.dataset.colour : "#c5ccd3";
      pen.fillRect(x, (height - tall) / 2, (width / peaks.length) * 0.7, tall);
    });
    clock.textContent = length ? `${position().toFixed(1)} / ${length.toFixed(1)} s` : "";
    if (isPlaying) requestAnimationFrame(paint);
  }

  play.addEventListener("click", toggle);
  matched.addEventListener("change", () => context && mix(FADE_S));
  looping.addEventListener("change", () => { if (isPlaying) { offset = position(); stop(); start(); } });
  takes.forEach((take, index) => take.button.addEventListener("click", () => choose(index)));
  canvas.addEventListener("click", async (event) => {
    if (!context) await load();
    seek((event.offsetX / canvas.clientWidth) * length);
  });
  root.addEventListener("click", () => { current = own; });
  window.addEventListener("resize", paint);
  const own = { toggle, choose, takes, halt: () => { if (isPlaying) pause(position()); } };
  players.push(own);
  choose(0);
}

document.querySelectorAll(".player").forEach(setUp);
current = players[0];
document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, button") && event.key === " ") return;
  const index = Number(event.key) - 1;
  if (event.key === " ") { event.preventDefault(); current.toggle(); }
  else if (index >= 0 && index < current.takes.length) current.choose(index);
});
