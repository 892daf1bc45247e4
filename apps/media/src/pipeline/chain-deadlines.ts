import type { ReleaseBundle } from "@tandem/domain/release";

/** How long each kind may take for its first useful output before the next one takes over, milliseconds. */
export interface ChainDeadlines {
  readonly sttMs: number;
  /** Words are due sooner once the caller has stopped. */
  readonly sttAfterVoiceMs: number;
  readonly llmMs: number;
  readonly ttsMs: number;
}

const within = (leastMs: number, wantedMs: number, mostMs: number): number =>
  Math.min(mostMs, Math.max(leastMs, wantedMs));

/** Several times what the release expects: a slow provider is waited for, a silent one is not, and two misses fit into a caller's patience. */
export const chainDeadlines = ({ latency }: ReleaseBundle): ChainDeadlines => ({
  // Recognisers tell interim words every second or so.
  sttMs: within(2500, latency.sttMs * 10, 4000),
  sttAfterVoiceMs: within(1000, latency.sttMs * 6, 1500),
  // A tool call is told when it is whole: its arguments take their time.
  llmMs: within(1500, latency.llmFirstTokenMs * 6, 2500),
  ttsMs: within(500, latency.ttsFirstAudioMs * 4, 1200),
});
