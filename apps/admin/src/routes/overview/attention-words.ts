import type { Schemas } from "../../api/generated/schema.ts";
import type { Tone } from "../../ui/tone.ts";

export type AttentionItem = Schemas["AttentionItem"];
type Kind = AttentionItem["kind"];

interface KindWords {
  readonly title: string;
  /** The one thing that resolves it. */
  readonly action: string;
  readonly tone: Tone;
}

export const KIND_WORDS: Readonly<Record<Kind, KindWords>> = {
  incident: { title: "Open incident", action: "Walk the stacks", tone: "bad" },
  held: { title: "Rollout held", action: "Decide", tone: "bad" },
  evidence: { title: "Evidence inconclusive", action: "Decide", tone: "bad" },
  "safety-net": { title: "Safety net lags", action: "See connections", tone: "warn" },
  "credential-refused": { title: "Credential refused", action: "Send another", tone: "bad" },
  "connection-failing": { title: "Connection fails", action: "Correct it", tone: "bad" },
  approval: { title: "Waits for approval", action: "Review", tone: "warn" },
  promotion: { title: "Waits for promotion", action: "Promote", tone: "warn" },
  "credential-ending": { title: "Credential ends", action: "Rotate", tone: "warn" },
  "credential-missing": { title: "Credential missing", action: "Store one", tone: "warn" },
  drift: { title: "Drift", action: "Decide", tone: "warn" },
  "fleet-paused": { title: "Fleet rollout paused", action: "Look at it", tone: "bad" },
};

/** What a person paused is looked after already. */
export const toneOf = ({ kind, fleet }: AttentionItem): Tone =>
  fleet === null || fleet.pausedBy === null ? KIND_WORDS[kind].tone : "warn";

/** What it is about, in a sentence: the account where it is one, then the server's own words. */
export function detailOf({ connection, detail, nextAction }: AttentionItem): string {
  const what = connection === null ? null : `${connection.name}:`;
  return [what, detail === "" ? nextAction : detail].filter((part) => part !== null && part !== "").join(" ");
}

export const countOf = (counts: Schemas["Attention"]["counts"]): number =>
  Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
