import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import type { HeardWord, Segment } from "@tandem/ports/stt";
import { z } from "zod";

/** The members of the project list that we use. */
export const ProjectsAnswer = z.object({
  projects: z.array(z.object({ project_id: z.string().min(1), name: z.string().nullish() })),
});

/** The members of a project's key list that we use. */
export const KeysAnswer = z.object({
  api_keys: z.array(z.object({ api_key: z.object({ scopes: z.array(z.string()).nullish() }).nullish() })),
});

// Messages of the sockets are read by hand: they come on the audio thread, several a second on each call.

/** A text frame as a JSON object; null when it is none. */
export function readMessage(text: string): JsonObject | null {
  try {
    const message = JSON.parse(text) as Json;
    return isJsonObject(message) ? message : null;
  } catch {
    return null;
  }
}

/** No stream lasts longer, by far. */
const MOST_SECONDS = 1e9;

/** Seconds as milliseconds; null when it is no number of seconds that could be. */
export const readMs = (seconds: Json | undefined): number | null =>
  typeof seconds === "number" && Math.abs(seconds) < MOST_SECONDS ? Math.round(seconds * 1000) : null;

export const readRatio = (value: Json | undefined): number | null =>
  typeof value === "number" && value >= 0 && value <= 1 ? value : null;

/** The stretch of audio that a message speaks of, milliseconds. Words that lack times get it. */
export interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
}

/** The words of a message, `shiftMs` later than the vendor counts; null when one is not as described. */
export function readWords(list: Json | undefined, within: Stretch, shiftMs: number): readonly HeardWord[] | null {
  if (!Array.isArray(list)) return null;
  const words: HeardWord[] = [];
  for (const item of list as readonly Json[]) {
    const word = readWord(item, within, shiftMs);
    if (word === null) return null;
    words.push(word);
  }
  return words;
}

function readWord(item: Json, within: Stretch, shiftMs: number): HeardWord | null {
  if (!isJsonObject(item)) return null;
  const text = typeof item["punctuated_word"] === "string" ? item["punctuated_word"] : item["word"];
  const confidence = readRatio(item["confidence"]);
  const startMs = item["start"] === undefined ? within.startMs : readMs(item["start"]);
  const endMs = item["end"] === undefined ? within.endMs : readMs(item["end"]);
  if (typeof text !== "string" || confidence === null || startMs === null || endMs === null) return null;
  return { text, confidence, startMs: startMs + shiftMs, endMs: endMs + shiftMs };
}

/** The segment of a `Results` message; null when it is not as described. */
export function readResults(message: JsonObject, shiftMs: number): Segment | null {
  const startMs = readMs(message["start"]);
  const durationMs = readMs(message["duration"]);
  const channel = message["channel"];
  const alternatives = isJsonObject(channel) ? channel["alternatives"] : undefined;
  const best = Array.isArray(alternatives) ? (alternatives as readonly Json[])[0] : undefined;
  if (startMs === null || durationMs === null || !isJsonObject(best)) return null;
  return segmentOf(best, { startMs, endMs: startMs + durationMs }, best["confidence"], shiftMs);
}

/** The segment of a `TurnInfo` message; null when it is not as described. Its confidence is the mean of its words'. */
export function readTurn(message: JsonObject, shiftMs: number): Segment | null {
  const startMs = readMs(message["audio_window_start"]);
  const endMs = readMs(message["audio_window_end"]);
  if (startMs === null || endMs === null) return null;
  return segmentOf(message, { startMs, endMs }, null, shiftMs);
}

function segmentOf(from: JsonObject, stretch: Stretch, told: Json | undefined, shiftMs: number): Segment | null {
  const text = from["transcript"];
  const words = readWords(from["words"], stretch, shiftMs);
  if (typeof text !== "string" || words === null) return null;
  const confidence = told === null ? meanConfidence(words) : readRatio(told);
  if (confidence === null) return null;
  return { text, words, confidence, startMs: stretch.startMs + shiftMs, endMs: stretch.endMs + shiftMs };
}

const meanConfidence = (words: readonly HeardWord[]): number =>
  words.length === 0 ? 0 : words.reduce((sum, { confidence }) => sum + confidence, 0) / words.length;
