// What callers and providers do, by the names of `load/load.c`. Times in milliseconds, audio in frames of 20 ms.

/** The caller speaks 0.6 s of every 2 s and interrupts with it; the provider speaks in 20 ms pieces, 240 ms ahead. */
export const RELAY = {
  cycleFrames: 100,
  speechFrames: 30,
  partialFrames: 10,
  sttMs: 0,
  ttsMs: 0,
  burst: 12,
  chunkFrames: 1,
  periodMs: 20,
  realtimeMs: 190,
};

/** The same without turns: after its first word the caller is silent for 20 s. */
export const STEADY = { ...RELAY, cycleFrames: 1000 };

/** The providers' own times of a turn: final words, first token, first audio. */
export const OWN_MS = { stt: 75, llm: 100, tts: 65 } as const;
export const OWN_SUM_MS = OWN_MS.stt + OWN_MS.llm + OWN_MS.tts;

/** The caller speaks for 1.2 s, waits for the answer (nine tokens, 1.5 s of audio in 100 ms pieces at twice its pace), rests, and speaks again. */
export const TURNS = {
  speechFrames: 60,
  partialFrames: 15,
  restMs: 300,
  sttMs: OWN_MS.stt,
  llmMs: OWN_MS.llm,
  ttsMs: OWN_MS.tts,
  tokens: 9,
  tokenMs: 20,
  chunkFrames: 5,
  periodMs: 50,
  replyFrames: 75,
};

/** The caller interrupts each answer 0.4 s after its first audio, while the model writes and the voice speaks. */
export const INTERRUPTIONS = { ...TURNS, interruptMs: 400, tokens: 80, replyFrames: 200 };
