import type { HeardWord } from "@tandem/ports/stt";
import { DAMAGED } from "@tandem/audio";
import type { CallWord, SpokenTurn } from "./call-report.ts";

/** What the caller said once, in moments of the call. */
export interface Utterance {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Its end → the first sound of an answer; null when none came. */
  readonly latencyMs: number | null;
}

/** What the carrier's own voice said. */
export interface Announcement {
  readonly text: string;
  readonly atMs: number;
}

/** A word that begins this little before the caller's last sound still belongs to the answer. */
const TOLERANCE_MS = 20;
/** After the caller begins to interrupt, words may arrive cut for this long. */
const CUT_WITHIN_MS = 1500;
/** Readers are never surer than this of a word that arrived damaged. */
const DAMAGED_CONFIDENCE = 0.3;

interface Turn extends SpokenTurn {
  readonly words: readonly HeardWord[];
}

/** The call as a conversation: what the agent says between two utterances of the caller is one turn, and so is its tail under the second. */
export function conversation(
  utterances: readonly Utterance[],
  words: readonly HeardWord[],
  announcements: readonly Announcement[],
): { readonly turns: readonly SpokenTurn[]; readonly heard: readonly CallWord[] } {
  const agent = agentTurns(utterances, words);
  const caller = utterances.map(({ text, startMs, endMs }) => plainTurn("caller", text, startMs, endMs));
  const carrier = announcements.map(({ text, atMs }) => plainTurn("carrier", text, atMs, atMs));
  const ordered = [...agent, ...caller, ...carrier].toSorted((one, other) => one.startMs - other.startMs);
  const heard = ordered.flatMap(({ words: said }, turn) => said.map((word) => ({ ...word, turn })));
  return { turns: ordered.map(({ words: _words, ...turn }) => turn), heard };
}

const plainTurn = (by: "caller" | "carrier", text: string, startMs: number, endMs: number): Turn => ({
  by,
  text,
  startMs,
  endMs,
  latencyMs: null,
  wasInterrupted: false,
  words: [],
});

function agentTurns(utterances: readonly Utterance[], words: readonly HeardWord[]): readonly Turn[] {
  const groups = new Map<number, HeardWord[]>();
  for (const word of words) {
    const after = utterances.filter(({ endMs }) => endMs <= word.startMs + TOLERANCE_MS).length;
    groups.set(after, [...(groups.get(after) ?? []), word]);
  }
  return [...groups].map(([after, group]) => {
    const endMs = group.at(-1)?.endMs ?? 0;
    const next = utterances[after];
    return {
      by: "agent",
      text: group.map(({ text }) => text).join(" "),
      startMs: group[0]?.startMs ?? 0,
      endMs,
      latencyMs: utterances[after - 1]?.latencyMs ?? null,
      wasInterrupted: next !== undefined && next.startMs < endMs,
      words: group,
    };
  });
}

/** Words that arrived damaged; those that the caller cut off by speaking are not damage. */
export const damagedWords = (utterances: readonly Utterance[], words: readonly HeardWord[]): number =>
  words
    .filter(({ confidence, text }) => confidence <= DAMAGED_CONFIDENCE && text.includes(DAMAGED))
    .filter(({ endMs }) => !utterances.some(({ startMs }) => endMs >= startMs && endMs <= startMs + CUT_WITHIN_MS))
    .length;
