import type { Slot } from "@tandem/domain/slot";
import type { CarrierInstruction } from "@tandem/ports/inbound";
import type { ReplayRun } from "@tandem/domain/replay";
import type {
  IngressProbe,
  ReplayTalk,
  SpokenReport,
  TrialAnswer,
  TrialCall,
  TrialScript,
  TrialTrace,
} from "@tandem/ports/ingress-probe";
import type { MemoryDatabase } from "../store/memory-database.ts";
import { heldConversation } from "./held-conversation.ts";

/** What the in-memory ingress is told to do. */
export interface IngressQuirks {
  /** Bundles whose slot does not answer properly once it takes live calls. */
  readonly badWhenLive?: ReadonlySet<string>;
  /** Bundles whose slot does not answer properly before it takes live calls. */
  readonly badOnTrial?: ReadonlySet<string>;
  /** The public address does not lead here. */
  readonly isUnreachable?: boolean;
  /** Whether this request gets lost. */
  readonly isLost?: () => boolean;
  /** Answer of a tool by name; success when absent. */
  readonly tools?: Readonly<
    Record<string, { readonly status: number; readonly result: import("@tandem/kernel").Json }>
  >;
  /** How a conversation turns out; by default as well as it can. */
  readonly conversation?: (script: TrialScript, report: SpokenReport) => SpokenReport | Promise<SpokenReport>;
  /** How a past call goes on a bundle, the how manyth time (from 0) it is had there; by default always the same way. */
  readonly replay?: (
    bundleHash: string,
    talk: ReplayTalk,
    had: number,
  ) => Partial<ReplayRun> | Promise<Partial<ReplayRun>>;
  /** What a call left behind whose worker died. */
  readonly lost?: (call: TrialCall) => TrialTrace | null;
}

/** The media service as the engine sees it, answering from the tables. */
export function memoryIngress(database: MemoryDatabase, quirks: IngressQuirks = {}): IngressProbe {
  let next = 1;
  const had = new Map<string, number>();
  const mayFail = () => {
    if (quirks.isLost?.() === true) throw new Error("connection reset");
  };
  const answer = (deploymentId: string, slot: Slot): TrialAnswer => {
    mayFail();
    const { pointer, slots } = database.state(deploymentId);
    const { state, bundleHash } = slots[slot];
    if (state === "empty" || bundleHash === null) return refused(404, null, null);
    const isLive = pointer.active === slot || (pointer.candidate === slot && pointer.weightBp > 0);
    const bad = isLive ? quirks.badWhenLive : quirks.badOnTrial;
    if (bad?.has(bundleHash) === true) return refused(500, slot, bundleHash);
    const sessionId = `session-${next++}`;
    const isSpoken = database.bundles.get(bundleHash)?.agent.kind === "tandem";
    const call = { sessionId, callId: `call-${sessionId}`, nodeOrigin: null };
    const instruction = isSpoken ? streamed(sessionId) : dialled(slot);
    return { status: 200, document: "<Response/>", instruction, slot, bundleHash, sessionId, call, latencyMs: 1 };
  };
  const talk =
    (level: SpokenReport["level"]): IngressProbe["call"] =>
    async (_tenantId, deploymentId, slot, script) => {
      const answered = answer(deploymentId, slot);
      const goesOn = await script.onAnswered(answered);
      const report = heldConversation(level, answered.sessionId ?? "", script);
      return goesOn ? ((await quirks.conversation?.(script, report)) ?? report) : report;
    };
  return {
    reach: async () =>
      quirks.isUnreachable === true
        ? { reached: false, detail: "another server answered" }
        : { reached: true, detail: "nonce came back" },
    answer: async (_tenantId, deploymentId, slot) => answer(deploymentId, slot),
    call: talk("spoken"),
    converse: talk("text"),
    replay: async (_tenantId, deploymentId, slot, talk) => {
      mayFail();
      const { bundleHash } = database.state(deploymentId).slots[slot];
      if (bundleHash === null) throw new Error("the media service answered a replay with status 404");
      const key = `${bundleHash} ${JSON.stringify(talk.said)}`;
      const times = had.get(key) ?? 0;
      had.set(key, times + 1);
      return { ...plainReplay(bundleHash, talk), ...(await quirks.replay?.(bundleHash, talk, times)) };
    },
    tool: async (_tenantId, _deploymentId, { tool }) => {
      mayFail();
      return quirks.tools?.[tool] ?? { status: 200, result: { outcome: "success" } };
    },
    hangUp: async () => mayFail(),
    settle: async (_tenantId, _deploymentId, call) => {
      mayFail();
      return quirks.lost?.(call) ?? null;
    },
  };
}

const refused = (status: number, slot: Slot | null, bundleHash: string | null): TrialAnswer => ({
  status,
  document: "",
  instruction: null,
  slot,
  bundleHash,
  sessionId: null,
  call: null,
  latencyMs: 1,
});

const dialled = (slot: Slot): CarrierInstruction => ({
  do: "dial",
  targets: [{ sipUri: `sip:${slot}@agent` }],
  actionUrl: null,
});

const streamed = (sessionId: string): CarrierInstruction => ({
  do: "stream",
  url: "wss://media.example/stream",
  parameters: { ticket: sessionId },
  actionUrl: null,
});

const plainReplay = (bundleHash: string, { said }: ReplayTalk): ReplayRun => ({
  bundleHash,
  disposition: "handled",
  handedOffTo: null,
  language: "en-US",
  objectives: ["help"],
  turns: said.map((text, index) => ({ turn: index + 1, said: text, answer: "I see.", objective: "help", tools: [] })),
  trouble: null,
});
