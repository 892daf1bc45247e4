export { FRAME_MS, FrameClock, frameClock, type OnFrame } from "./frame-clock.ts";
export { LEVEL_FLOOR_DB, levelDb, mulawLevelDb, powerDb, rmsOfLevel } from "./level.ts";
export { MULAW_SAMPLES, MULAW_SILENCE, mulawToPcm, pcmToMulaw } from "./mulaw.ts";
export { NoiseSource } from "./noise.ts";
export { Downsampler, Upsampler } from "./resample.ts";
export { sampleBytes, soundBytes, soundMs, type SoundFormat } from "./sound-format.ts";
export { DAMAGED } from "./tones/alphabet.ts";
export { ToneReader, type ToneEvent } from "./tones/reader.ts";
export { renderTones, ToneWriter, type ToneAudio, type ToneOptions, type ToneWord } from "./tones/writer.ts";
