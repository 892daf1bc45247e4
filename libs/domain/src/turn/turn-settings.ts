import type { AgentProfile, Conversation, LatencyTargets } from "../manifest/index.ts";
import type { BargeInSettings } from "./barge-in.ts";
import { turnWords } from "./turn-words.ts";

/** Everything the turn machine is tuned by, milliseconds. */
export interface TurnSettings extends BargeInSettings {
  /** Silence that ends a complete sentence: ≤ 180. */
  readonly completeSilenceMs: number;
  /** Silence that ends an unclear one: the release's 300–800. */
  readonly endpointingMs: number;
  readonly isSpeculative: boolean;
  /** Answers begun on partials within one turn, at most. */
  readonly mostSpeculations: number;
  /** A sign of listening this close to the agent's end answers it. */
  readonly answeringBackchannelMs: number;
  /** Words may be this far behind the voice and still count as all of it. */
  readonly transcriptLagMs: number;
  /** Longest wait for words of speech that was heard. */
  readonly transcriptWaitMs: number;
  /** A caller "speaking" for this long without new words does not hold the floor. */
  readonly stalledSpeechMs: number;
  /** A keypad entry is over after this pause, or with `#`. */
  readonly keypadPauseMs: number;
  /** From the end of the caller's speech: when a prepared acknowledgement is due. */
  readonly acknowledgeMs: number;
  /** Longest silence while an answer is due before something is said. */
  readonly silenceMs: number;
  /** An answer that has not begun by now never will. */
  readonly answerMs: number;
  readonly inactivityMs: number;
  /** Reminders without a word of the caller, at most; then the call ends. */
  readonly mostReminders: number;
  readonly callLengthMs: number;
  /** Longest time for a last sentence. */
  readonly closingMs: number;
}

/** What a release says about turns, and our own figures for the rest. */
export function turnSettings(release: {
  readonly agent: AgentProfile;
  readonly conversation: Pick<Conversation, "limits">;
  readonly latency: LatencyTargets;
}): TurnSettings {
  return {
    words: turnWords(release.agent.language),
    bargeInWords: 1,
    bargeInSpeechMs: 700,
    completeSilenceMs: 170,
    endpointingMs: release.agent.endpointingMs,
    isSpeculative: release.agent.isSpeculative ?? true,
    mostSpeculations: 4,
    answeringBackchannelMs: 700,
    transcriptLagMs: 250,
    transcriptWaitMs: 2000,
    stalledSpeechMs: 4000,
    keypadPauseMs: 2000,
    acknowledgeMs: release.latency.endToEndMs,
    silenceMs: 1600,
    answerMs: 25_000,
    inactivityMs: release.conversation.limits.inactivitySeconds * 1000,
    mostReminders: 3,
    callLengthMs: release.conversation.limits.maxCallMinutes * 60_000,
    closingMs: 12_000,
  };
}
