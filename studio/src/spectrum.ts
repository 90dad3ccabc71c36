/** Levels of a short-time spectrum: Hann window, radix-2 transform (Cooley and Tukey, 1965). */

const SIZE = 2048;
const HALF = SIZE / 2;
const window = Float32Array.from({ length: SIZE }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / SIZE));
const cosines = Float32Array.from({ length: HALF }, (_, i) => Math.cos((2 * Math.PI * i) / SIZE));
const sines = Float32Array.from({ length: HALF }, (_, i) => -Math.sin((2 * Math.PI * i) / SIZE));

function transform(re: Float32Array, im: Float32Array): void {
  for (let i = 1, j = 0; i < SIZE; i++) {
    let bit = SIZE >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
  }
  for (let length = 2; length <= SIZE; length <<= 1) {
    const step = SIZE / length;
    for (let start = 0; start < SIZE; start += length) {
      for (let k = 0; k < length / 2; k++) {
        const [a, b] = [start + k, start + k + length / 2];
        const [c, s] = [cosines[k * step]!, sines[k * step]!];
        const x = re[b]! * c - im[b]! * s;
        const y = re[b]! * s + im[b]! * c;
        re[b] = re[a]! - x;
        im[b] = im[a]! - y;
        re[a]! += x;
        im[a]! += y;
      }
    }
  }
}

/** Levels in dB of the bins 0 to half the sample rate around a sample; 0 is a sine at full scale. */
export function levels(samples: Float32Array, centre: number): Float32Array {
  const re = new Float32Array(SIZE);
  const im = new Float32Array(SIZE);
  const first = Math.round(centre) - HALF;
  for (let i = 0; i < SIZE; i++) re[i] = (samples[first + i] ?? 0) * window[i]!;
  transform(re, im);
  return Float32Array.from({ length: HALF }, (_, k) => 20 * Math.log10(Math.hypot(re[k]!, im[k]!) / (SIZE / 4) + 1e-9));
}

/** Frequency in Hz to a bin. */
export const binOf = (hz: number, sampleRate: number) => Math.min(HALF - 1, Math.round((hz * SIZE) / sampleRate));
