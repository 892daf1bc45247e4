/** The telephone on the browser's audio thread, at 8 kHz: microphone out in frames of 20 ms, the agent's audio and its marks in. */
export const pageWorklet = String.raw`
const FRAME = 160;

class Telephone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.frame = new Float32Array(FRAME);
    this.filled = 0;
    this.queue = [];
    this.at = 0;
    this.played = 0;
    this.power = 0;
    this.wasLoud = false;
    this.port.onmessage = ({ data }) => this.take(data);
  }

  take(item) {
    if (item.clear) {
      const marks = this.queue.filter((each) => each.mark !== undefined);
      this.queue = [];
      this.at = 0;
      for (const each of marks) this.port.postMessage(each);
      return;
    }
    this.queue.push(item);
  }

  process([input], [output]) {
    if (input[0]) this.capture(input[0]);
    this.play(output[0]);
    return true;
  }

  capture(samples) {
    for (const sample of samples) {
      this.frame[this.filled++] = sample;
      if (this.filled < FRAME) continue;
      this.port.postMessage({ frame: this.frame.slice() });
      this.filled = 0;
    }
  }

  play(samples) {
    for (let n = 0; n < samples.length; n += 1) {
      while (this.queue.length > 0 && this.queue[0].mark !== undefined) this.port.postMessage(this.queue.shift());
      const head = this.queue[0];
      samples[n] = head === undefined ? 0 : head.audio[this.at++];
      this.weigh(samples[n]);
      if (head === undefined || this.at < head.audio.length) continue;
      this.queue.shift();
      this.at = 0;
    }
  }

  // How loud the speaker is; of silence only its beginning is told.
  weigh(sample) {
    this.power += sample * sample;
    this.played += 1;
    if (this.played < FRAME) return;
    const isLoud = this.power > 0;
    if (isLoud || this.wasLoud) this.port.postMessage({ speaker: this.power / FRAME });
    this.wasLoud = isLoud;
    this.played = 0;
    this.power = 0;
  }
}

registerProcessor("telephone", Telephone);
`;
