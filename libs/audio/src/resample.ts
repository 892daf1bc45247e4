const REACH = 7;
const TAPS = halfBandTaps();

/** Half-band low-pass (cut at a quarter of the rate), Hamming window; odd taps only, by distance 1, 3, 5, 7 from the centre (which is 0.5). */
function halfBandTaps(): Float64Array {
  const taps = new Float64Array((REACH + 1) / 2);
  let sum = 0;
  for (let index = 0; index < taps.length; index += 1) {
    const distance = 2 * index + 1;
    const window = 0.54 + 0.46 * Math.cos((Math.PI * distance) / (REACH + 1));
    taps[index] = (Math.sin((Math.PI * distance) / 2) / (Math.PI * distance)) * window;
    sum += taps[index] ?? 0;
  }
  for (let index = 0; index < taps.length; index += 1) taps[index] = ((taps[index] ?? 0) * 0.25) / sum;
  return taps;
}

const clip = (sample: number): number => (sample > 32_767 ? 32_767 : sample < -32_768 ? -32_768 : Math.round(sample));

/** Sixteen samples of history: sample `index` lies at `index & 15`. */
class History {
  readonly #samples = new Float64Array(16);
  /** Samples put in so far. */
  count = 0;

  put(sample: number): void {
    this.#samples[this.count & 15] = sample;
    this.count += 1;
  }

  at(index: number): number {
    return index < 0 ? 0 : (this.#samples[index & 15] ?? 0);
  }

  /** Sum of the odd taps around `centre`, which may lie half a sample between two when `step` is 1 and the rate is doubled. */
  around(left: number, right: number, step: number): number {
    let sum = 0;
    for (let tap = 0; tap < TAPS.length; tap += 1)
      sum += (TAPS[tap] ?? 0) * (this.at(left - tap * step) + this.at(right + tap * step));
    return sum;
  }
}

/** 16 kHz to 8 kHz, piece by piece: output sample `n` stands for input sample `2n`, seven input samples later. */
export class Downsampler {
  readonly #history = new History();

  /** One input sample; the output sample that it completes (unrounded), or null. */
  put(sample: number): number | null {
    const history = this.#history;
    history.put(sample);
    const centre = history.count - 1 - REACH;
    if (centre < 0 || centre % 2 !== 0) return null;
    return 0.5 * history.at(centre) + history.around(centre - 1, centre + 1, 2);
  }

  /** Converts a piece. Returns how many samples were written; `output` must hold half of the input and one. */
  convert(input: Int16Array, output: Int16Array): number {
    let written = 0;
    for (let index = 0; index < input.length; index += 1) {
      const sample = this.put(input[index] ?? 0);
      if (sample !== null) output[written++] = clip(sample);
    }
    return written;
  }
}

/** 8 kHz to 16 kHz, piece by piece: two output samples for each input sample, four input samples later. */
export class Upsampler {
  readonly #history = new History();

  /** Converts a piece. Returns how many samples were written (twice the input, less the delay at the start); `output` must hold twice the input. */
  convert(input: Int16Array, output: Int16Array): number {
    const history = this.#history;
    let written = 0;
    for (let index = 0; index < input.length; index += 1) {
      history.put(input[index] ?? 0);
      const centre = history.count - 1 - (REACH + 1) / 2;
      if (centre < 0) continue;
      output[written++] = clip(history.at(centre));
      output[written++] = clip(2 * history.around(centre, centre + 1, 1));
    }
    return written;
  }
}
