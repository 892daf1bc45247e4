import { z } from "zod";
import { InstantText, JsonMembers } from "./json.ts";
import { PageQuery, pageOf } from "./page.ts";

const SlotName = z.enum(["blue", "green"]);
const CallKind = z.enum(["live", "trial"]);

export const Session = z
  .object({
    id: z.uuid(),
    deploymentId: z.uuid(),
    callId: z.string(),
    slot: z.string(),
    bundleHash: z.string(),
    generation: z.int(),
    kind: CallKind,
    region: z.string().describe("Where the node that answered stands."),
    startedAt: InstantText,
    endedAt: InstantText.nullable(),
    disposition: z.string().nullable(),
    traceId: z.string().describe("W3C trace id of the call, from ingress to tool call."),
  })
  .meta({ id: "Session" });
export type Session = z.infer<typeof Session>;
export const SessionPage = pageOf("SessionPage", Session);

/** Which calls of a deployment. */
export const SessionQuery = z.strictObject({
  ...PageQuery.shape,
  release: z.string().max(80).optional().describe("Hash of the release that answered."),
  slot: SlotName.optional(),
  outcome: z.string().max(40).optional().describe("Disposition, e.g. `booked`."),
  kind: CallKind.optional(),
  region: z.string().max(60).optional().describe("Where the node that answered stands."),
  call: z
    .string()
    .min(3)
    .max(100)
    .optional()
    .describe("Part of the carrier's id of the call, or the beginning of ours."),
  state: z.enum(["live", "ended"]).optional().describe("`live`: calls in progress."),
  from: InstantText.optional().describe("Answered at or after."),
  to: InstantText.optional().describe("Answered before."),
});
export type SessionQuery = z.infer<typeof SessionQuery>;

const ms = z.number();
const LatencyParts = z
  .object({
    transcribeMs: ms,
    endOfTurnMs: ms,
    modelMs: ms,
    speechMs: ms,
    sendMs: ms,
    networkMs: ms,
    totalMs: ms.describe("End of the caller's voice to first sound heard: the sum of the parts."),
  })
  .meta({ id: "LatencyParts" });

const ToolUse = z.object({
  tool: z.string(),
  outcome: z.enum(["success", "empty", "failure"]),
  durationMs: ms,
  isSpeculative: z.boolean(),
});

const Tokens = z.object({ input: z.number(), output: z.number() });

/** A caller's words and the agent's answer to them. */
export const Turn = z
  .object({
    turn: z.int().describe("From 1; 0 is the opening."),
    at: InstantText.describe("When it was over."),
    objective: z.string(),
    callerText: z.string().optional().describe("Redacted; absent for roles that may not read it, and after its days."),
    agentText: z.string().optional().describe("What was heard of the answer; as `callerText`."),
    areTextsRemoved: z.boolean().optional(),
    wasInterrupted: z.boolean(),
    wasSpeculative: z.boolean(),
    discarded: z.number(),
    latency: LatencyParts.nullable(),
    durationMs: ms.optional().describe("End of the caller's voice to the end of the answer."),
    source: z.enum(["measured", "vendor-reported"]),
    providers: z.object({ stt: z.string().nullable(), llm: z.string().nullable(), tts: z.string().nullable() }),
    models: z
      .object({ stt: z.string().nullable(), llm: z.string().nullable(), tts: z.string().nullable() })
      .optional()
      .describe("Model of each of `providers`; absent in old records."),
    retries: z.number(),
    confidence: z.number().nullable(),
    callerLevelDb: z.number().nullable(),
    lossRatio: z.number(),
    tools: z.array(ToolUse),
    longestSilenceMs: ms,
    tokens: Tokens,
    lightTokens: Tokens.optional(),
    spokenCharacters: z.number(),
  })
  .meta({ id: "Turn" });
export type Turn = z.infer<typeof Turn>;

const Cost = z
  .object({
    costMicros: z.int().describe("Micros of a US dollar: what has a price."),
    unknown: z.array(z.string()).describe("What was used and has no known price; empty when the cost is whole."),
  })
  .meta({ id: "CallCost" });

export const SessionDetail = z
  .object({
    ...Session.shape,
    node: z.string(),
    transcript: z
      .enum(["included", "withheld", "removed"])
      .describe("`withheld` from this role; `removed` when its days were over."),
    turns: z.array(Turn),
    events: z
      .array(z.object({ seq: z.number(), at: InstantText, type: z.string(), payload: JsonMembers }))
      .describe("What else happened, in order: decisions, legs, tools, provider failures, totals."),
    metrics: JsonMembers.nullable().describe("Totals of the last leg; null before it ended."),
    cost: Cost.nullable().describe("Null when the release is not kept any more."),
    release: z
      .object({
        playbook: z.string().describe("`name@version`."),
        targetMs: z.int().describe("What an answer may take, end of the caller's voice to first sound heard."),
      })
      .nullable()
      .describe("What `bundleHash` stands for; null when it is not kept any more."),
  })
  .meta({ id: "SessionDetail" });
export type SessionDetail = z.infer<typeof SessionDetail>;
