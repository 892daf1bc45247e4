import { type CallReport, mediaStreamLine, type PhoneLine, runScript } from "@tandem/caller";
import type { CarrierInstruction } from "@tandem/ports/inbound";
import type { SpokenReport, TrialAnswer, TrialCall, TrialScript } from "@tandem/ports/ingress-probe";
import { nextInstruction, reachAgent } from "./next-instruction.ts";
import { carrierOf, type IngressProbeOptions, type Subject } from "./trial-signer.ts";
import { fetchTrace, finalTrace } from "./trial-trace.ts";
import { voiceFor } from "./trial-voice.ts";

type Stream = Extract<CarrierInstruction, { do: "stream" }>;

/** Talks on an answered call. What keeps the conversation from being had is told in the report; nothing rejects but the ingress itself. */
export async function speak(
  options: IngressProbeOptions,
  subject: Subject,
  answer: TrialAnswer,
  script: TrialScript,
): Promise<SpokenReport> {
  const { bundleHash } = answer;
  const reached = await reachAgent(options, subject, answer);
  const instruction = reached?.instruction;
  if (reached === null || instruction?.do !== "stream")
    return silent("spoken", "the carrier document opens no audio stream to us");
  const { call } = reached;
  const { view } = await carrierOf(options, subject);
  const bundle = view.bundles[bundleHash ?? ""];
  if (bundle === undefined) return silent("spoken", "the release that answered is not known");
  const voice = await voiceFor(options, subject.tenantId, bundle);
  const line = await openLine(options, subject, instruction, call).catch((error: unknown) => error as Error);
  if (line instanceof Error) return silent("spoken", `the audio stream did not open: ${line.message}`);
  const report = await runScript({
    line,
    voice,
    steps: script.steps,
    clock: options.clock,
    signal: script.signal,
    toolsUsed: async () => (await fetchTrace(options, call))?.tools ?? [],
  });
  return { ...heard(report), trace: await finalTrace(options, call) };
}

/** A conversation that was not had. */
export const silent = (level: SpokenReport["level"], trouble: string): SpokenReport => ({
  level,
  trouble,
  ok: false,
  steps: [],
  turns: [],
  longestSilenceMs: 0,
  damagedWords: 0,
  endedBy: "nobody",
  durationMs: 0,
  trace: null,
});

const heard = (report: CallReport): Omit<SpokenReport, "trace"> => ({
  level: "spoken",
  trouble: null,
  ok: report.ok,
  steps: report.steps.map(({ step, ok, detail, atMs }) => ({ do: step.do, ok, detail, atMs: Math.round(atMs) })),
  turns: report.turns.map((turn) => ({
    ...turn,
    startMs: Math.round(turn.startMs),
    endMs: Math.round(turn.endMs),
    latencyMs: turn.latencyMs === null ? null : Math.round(turn.latencyMs),
  })),
  longestSilenceMs: Math.round(report.longestSilenceMs),
  damagedWords: report.damagedWords,
  endedBy: report.end.by,
  durationMs: Math.round(report.durationMs),
});

function openLine(
  options: IngressProbeOptions,
  subject: Subject,
  { url, parameters, actionUrl }: Stream,
  call: TrialCall,
): Promise<PhoneLine> {
  if (!/^wss?:\/\//.test(url)) throw new Error("the document names no WebSocket");
  return mediaStreamLine({
    url,
    parameters,
    callSid: call.callId,
    afterStream: () => afterStream(options, subject, call, actionUrl),
  });
}

/**
 * What the carrier is told when the stream is over. Rejects when the answer leads neither to a person nor to an end: the call was lost.
 */
async function afterStream(
  options: IngressProbeOptions,
  subject: Subject,
  call: TrialCall,
  actionUrl: string | null,
): Promise<"hang-up" | "hand-off"> {
  if (actionUrl === null) return "hang-up";
  const next = await nextInstruction(options, subject, call, { actionUrl, event: "leg-ended" });
  if (next?.do === "hang-up") return "hang-up";
  if (next?.do === "dial" && next.targets.some((leg) => "number" in leg)) return "hand-off";
  throw new Error("the call was lost in mid-conversation");
}
