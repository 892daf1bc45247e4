import { MULAW_SILENCE, NoiseSource, pcmToMulaw, renderTones } from "@tandem/audio";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EnergyVad } from "./energy-vad.ts";

const FORMAT = { encoding: "mulaw", sampleRateHz: 8000 } as const;
const BYTES_PER_MS = 8;
const silence = (ms: number) => new Uint8Array(ms * BYTES_PER_MS).fill(MULAW_SILENCE);
const join = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const tones = (text: string, levelDb?: number) =>
  renderTones(text, FORMAT, levelDb === undefined ? {} : { levelDb }).audio;

const mulawOf = (pcm: Int16Array): Uint8Array => {
  const mulaw = new Uint8Array(pcm.length);
  pcmToMulaw(pcm, mulaw);
  return mulaw;
};
const noise = (ms: number, levelDb: number, seed = 7) => {
  const pcm = new Int16Array(ms * BYTES_PER_MS);
  new NoiseSource(seed).addTo(pcm, levelDb);
  return mulawOf(pcm);
};
/** A voice as a throat makes it: pulses at a gliding pitch through two resonances, with hissing ends. */
const voice = (ms: number, amplitude = 6000, noiseDb = -80) => {
  const pcm = new Int16Array(ms * BYTES_PER_MS);
  let phase = 0;
  for (let n = 0; n < pcm.length; n += 1) {
    const hz = 110 + 30 * Math.sin(n / 4000);
    phase += hz / 8000;
    const sound =
      Math.sin(2 * Math.PI * phase) + 0.7 * Math.sin(6 * Math.PI * phase) + 0.4 * Math.sin(14 * Math.PI * phase);
    pcm[n] = Math.round((amplitude / 2) * sound);
  }
  new NoiseSource(3).addTo(pcm, noiseDb);
  return mulawOf(pcm);
};

/** Every change with its own time. */
function changesIn(audio: Uint8Array, chunkBytes = 160, vad = new EnergyVad()) {
  const changes: { isSpeech: boolean; atMs: number }[] = [];
  let last = vad.isSpeech;
  for (let at = 0; at < audio.length; at += chunkBytes) {
    vad.push(audio.subarray(at, at + chunkBytes));
    if (vad.isSpeech !== last) changes.push({ isSpeech: vad.isSpeech, atMs: vad.changedAtMs });
    last = vad.isSpeech;
  }
  return { changes, vad };
}

describe("speech", () => {
  test.each([
    ["tones that can be read", tones("hello there caller")],
    ["a voice", voice(900)],
    ["a quiet voice", voice(900, 400)],
    ["a voice over noise 10 dB below", voice(900, 6000, -29)],
  ])("%s: one beginning and one end, as they were", (_name, sound) => {
    const lead = 400;
    const { changes } = changesIn(join(silence(lead), sound, silence(600)));
    expect(changes.map(({ isSpeech }) => isSpeech)).toEqual([true, false]);
    expect(Math.abs((changes[0]?.atMs ?? 0) - lead)).toBeLessThanOrEqual(60);
    expect(Math.abs((changes[1]?.atMs ?? 0) - lead - sound.length / BYTES_PER_MS)).toBeLessThanOrEqual(80);
  });

  test("it is known within 60 ms of its beginning, and its end within 140 ms", () => {
    const vad = new EnergyVad();
    vad.push(silence(400));
    vad.push(voice(60));
    expect(vad.isSpeech).toBe(true);
    vad.push(voice(400));
    vad.push(silence(140));
    expect(vad.isSpeech).toBe(false);
  });

  test("whatever the chunks, the same is found", () => {
    const audio = join(silence(300), tones("two words"), silence(500), tones("more"), silence(500));
    const { vad } = changesIn(audio);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (chunkBytes) => {
        const other = changesIn(audio, chunkBytes).vad;
        expect([other.isSpeech, other.changedAtMs, other.noiseDb]).toEqual([
          vad.isSpeech,
          vad.changedAtMs,
          vad.noiseDb,
        ]);
      }),
      { numRuns: 30 },
    );
  });
});

describe("what is no speech", () => {
  test.each([
    ["silence", silence(3000)],
    ["steady noise", noise(3000, -40)],
    ["loud noise that begins at once", join(silence(1000), noise(3000, -25))],
    ["noise that comes and goes", join(noise(500, -50), noise(500, -30), noise(500, -45), noise(800, -25))],
    ["a click", join(silence(500), new Uint8Array(24).fill(0x00), silence(1000))],
    ["a voice from another room", join(silence(300), voice(800, 20), silence(500))],
  ])("%s", (_name, audio) => {
    expect(changesIn(audio).changes).toEqual([]);
  });

  test("the floor follows the line's noise, and a voice is still found above it", () => {
    const { vad } = changesIn(noise(3000, -38));
    expect(Math.abs(vad.noiseDb + 38)).toBeLessThan(3);
    const { changes } = changesIn(join(voice(900, 9000, -38), noise(600, -38, 9)), 160, vad);
    expect(changes.map(({ isSpeech }) => isSpeech)).toEqual([true, false]);
  });
});
