import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { E164 } from "@tandem/domain/tenant";
import type { AgentEvent, AgentIngress, CredentialSecrets } from "@tandem/ports/inbound";
import { z } from "zod";
import { dialModel } from "./model-call.ts";
import { agentCallOf, openRegistrar } from "./registrar.ts";
import { isSigned, signatureOf } from "./signature.ts";

const words = z
  .record(z.string(), z.json())
  .transform((members) =>
    Object.fromEntries(
      Object.entries(members).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    ),
  );
const Metadata = words.nullish().transform((value) => value ?? {});

const ToolRequest = z.object({
  args: z.record(z.string(), z.json()).nullish(),
  tool_call_id: z.string().nullish(),
  call: z.object({ call_id: z.string().min(1), metadata: Metadata }),
});

const Percentiles = z.looseObject({ p50: z.number().nullish(), p90: z.number().nullish(), p95: z.number().nullish() });

const CallEvent = z.object({
  event: z.string(),
  call: z.object({
    call_id: z.string().min(1),
    metadata: Metadata,
    duration_ms: z.number().nullish(),
    disconnection_reason: z.string().nullish(),
    latency: z.record(z.string(), Percentiles.or(z.json())).nullish(),
    call_analysis: z
      .object({
        user_sentiment: z.string().nullish(),
        call_successful: z.boolean().nullish(),
        in_voicemail: z.boolean().nullish(),
      })
      .nullish(),
  }),
});
type CallEvent = z.infer<typeof CallEvent>;

const InboundCall = z.object({
  event: z.literal("call_inbound"),
  call_inbound: z.object({ from_number: z.string().nullish(), to_number: z.string().nullish() }),
});

const TYPES: Readonly<Record<string, AgentEvent["type"]>> = {
  call_started: "call-started",
  call_ended: "call-ended",
  call_analyzed: "call-analyzed",
};

/** Reasons that leave a caller behind whom nobody serves: Retell's own errors and limits, not what caller or agent decided. */
const FAILED = /^(error_|concurrency_limit_reached|no_concurrency_fallback|no_valid_payment|registered_call_timeout)/;

/** Retell at the ingress: own verifier, no SDK. */
export const agentIngress: AgentIngress = {
  vendor: "retell",
  verify: (request, secrets) =>
    isSigned(request.headers["x-retell-signature"] ?? "", request.body, keysOf(secrets), request.receivedAtMs),
  readTool: (body) => {
    const parsed = ToolRequest.safeParse(jsonOf(body)).data;
    if (parsed === undefined) return null;
    return {
      agentCallId: parsed.call.call_id,
      arguments: parsed.args ?? {},
      metadata: parsed.call.metadata,
      invocationId: parsed.tool_call_id ?? null,
    };
  },
  readEvent: (body) => {
    const parsed = CallEvent.safeParse(jsonOf(body)).data;
    return parsed === undefined ? null : eventOf(parsed);
  },
  readInbound: (body) => {
    const parsed = InboundCall.safeParse(jsonOf(body)).data?.call_inbound;
    return parsed === undefined ? null : { from: number(parsed.from_number), to: number(parsed.to_number) };
  },
  answerInbound: ({ agentId, agentVersion, metadata, variables }) => ({
    call_inbound: {
      override_agent_id: agentId,
      override_agent_version: agentVersion,
      metadata,
      dynamic_variables: variables,
    },
  }),
  registrar: openRegistrar,
  agentCallOf,
  dialModel,
  signTool: (call, secrets, nowMs) => {
    const body = JSON.stringify(
      toolRequestBody(call.tool, call.arguments, { call_id: call.agentCallId, metadata: call.metadata }),
    );
    return { body, headers: signedHeaders(keysOf(secrets)[0] ?? "", body, nowMs) };
  },
};

/** The key with the webhook badge signs; where it is not named apart it is the API key itself. */
const keysOf = (secrets: CredentialSecrets): readonly string[] =>
  [secrets["webhookKey"], secrets["apiKey"]].flatMap((secret) => (secret === undefined ? [] : [secret.reveal()]));

/** Body of a custom function request as Retell sends it. */
export const toolRequestBody = (tool: string, args: JsonObject, call: JsonObject): JsonObject => ({
  name: tool,
  args,
  call,
});

/** Headers of a signed JSON request as Retell sends it. */
export const signedHeaders = (apiKey: string, body: string, nowMs: number): Readonly<Record<string, string>> => ({
  "content-type": "application/json",
  "x-retell-signature": signatureOf(apiKey, body, nowMs),
});

function eventOf({ event, call }: CallEvent): AgentEvent {
  return {
    type: TYPES[event] ?? "other",
    agentCallId: call.call_id,
    metadata: call.metadata,
    durationMs: call.duration_ms ?? null,
    endReason: call.disconnection_reason ?? null,
    hasFailed: FAILED.test(call.disconnection_reason ?? ""),
    facts: { ...latencyFacts(call.latency), ...analysisFacts(call.call_analysis) },
    identity: `${call.call_id}/${event}`,
  };
}

/** Percentiles in milliseconds as the vendor reports them: never compared with what we measure ourselves. */
function latencyFacts(latency: CallEvent["call"]["latency"]): Readonly<Record<string, Json>> {
  const facts: Record<string, Json> = {};
  for (const [part, figures] of Object.entries(latency ?? {})) {
    const parsed = Percentiles.safeParse(figures).data ?? {};
    for (const name of ["p50", "p90", "p95"] as const) {
      const value = parsed[name];
      if (typeof value === "number") facts[`latency.${part}.${name}`] = value;
    }
  }
  return facts;
}

function analysisFacts(analysis: CallEvent["call"]["call_analysis"]): Readonly<Record<string, Json>> {
  const { user_sentiment: sentiment, call_successful: isSuccessful, in_voicemail: isVoicemail } = analysis ?? {};
  return {
    ...(typeof sentiment === "string" ? { sentiment } : {}),
    ...(typeof isSuccessful === "boolean" ? { isSuccessful } : {}),
    ...(typeof isVoicemail === "boolean" ? { isVoicemail } : {}),
  };
}

function jsonOf(body: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(body);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

const number = (value: string | null | undefined): E164 | null => {
  const parsed = E164.safeParse(value);
  return parsed.success ? parsed.data : null;
};
