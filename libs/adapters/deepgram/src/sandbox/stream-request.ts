import type { SoundFormat } from "@tandem/audio";
import type { Json } from "@tandem/kernel";
import type { SandboxSocket, SandboxWorld } from "@tandem/ports/sandbox";
import type { ProjectRow } from "./account.ts";

/** What a session of the emulator works with. */
export interface StreamRequest {
  readonly socket: SandboxSocket;
  readonly world: SandboxWorld;
  readonly project: ProjectRow;
  readonly format: SoundFormat;
  readonly query: URLSearchParams;
  readonly requestId: string;
}

/** The format that a query names; null for those that the emulator cannot read. */
export function formatOf(query: URLSearchParams): SoundFormat | null {
  const encoding = query.get("encoding");
  const sampleRateHz = Number(query.get("sample_rate"));
  if (encoding === "mulaw") return sampleRateHz === 8000 ? { encoding: "mulaw", sampleRateHz } : null;
  if (encoding !== "linear16") return null;
  return sampleRateHz === 8000 || sampleRateHz === 16_000 ? { encoding: "pcm16", sampleRateHz } : null;
}

/** A number of the query; `fallback` when it is not there or is none. */
export function queryNumber(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  const value = text === null || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : fallback;
}

/** A setting of the emulator in milliseconds. */
export function settingMs(world: SandboxWorld, name: string, fallback: number): number {
  const value: Json | undefined = world.setting(name);
  return typeof value === "number" ? value : fallback;
}

/** Milliseconds as the seconds that messages hold. */
export const seconds = (ms: number): number => Math.round(ms) / 1000;
