import type { ReleaseBundle } from "@tandem/domain/release";
import type { RolloutEvent, SmokeReport, Step } from "@tandem/domain/rollout";
import type { JsonObject } from "@tandem/kernel";
import type { DeploymentDetail, RolloutDetail } from "@tandem/ports/store/control";
import type { ProofFacts } from "../proof/proof-content.ts";

const at = (minute: number, second = 0): string => new Date(Date.UTC(2026, 10, 28, 9, minute, second)).toISOString();
const BUNDLE = "c0ffee".padEnd(64, "0");
const PLAN = "9a11ed".padEnd(64, "1");

const turn = (by: "caller" | "agent", text: string, startMs: number, latencyMs: number | null) => ({
  by,
  text,
  startMs,
  endMs: startMs + 1_500,
  latencyMs,
  wasInterrupted: false,
});

const smoke = (words: string): SmokeReport => ({
  passed: true,
  level: "spoken",
  samples: 14,
  skippedWrites: 2,
  reducedEvidence: true,
  failures: [],
  response: { turns: 9, p50Ms: 212, p95Ms: 284, targetMs: 300 },
  scenarios: [
    {
      name: "books an appointment",
      origin: "playbook",
      level: "spoken",
      passed: true,
      attempts: 1,
      samples: 8,
      skippedWrites: 2,
      reduced: "writes are not tried in production",
      failures: [],
      steps: [{ do: "say", ok: true, detail: words, atMs: 900 }],
      turns: [
        turn("agent", "Thank you for calling. How can I help?", 400, 180),
        turn("caller", words, 2_600, null),
        turn("agent", "Wednesday at ten is free. Shall I book it?", 4_700, 231),
        { ...turn("caller", "Yes, please.", 7_000, null), wasInterrupted: true },
      ],
      latency: [
        {
          turn: 1,
          callerText: words,
          providers: "deepgram / groq / cartesia",
          transcribeMs: 62,
          endOfTurnMs: 24,
          modelMs: 71,
          speechMs: 43,
          sendMs: 4,
          networkMs: 27,
          totalMs: 231,
        },
      ],
      longestSilenceMs: 640,
      durationMs: 14_200,
    },
  ],
});

const comparison = (metric: string, candidate: number, baseline: number, state: string): JsonObject => ({
  metric,
  candidate,
  baseline,
  candidateSamples: 148,
  baselineSamples: 612,
  state,
});

type Told = [minute: number, type: string, phase: RolloutEvent["phase"], payload: JsonObject];

const story = (words: string): readonly Told[] => [
  [0, "phase-entered", "queued", { from: "", to: "queued" }],
  [1, "phase-entered", "preflighting", { from: "queued", to: "preflighting", event: "stage-succeeded" }],
  [
    2,
    "finding-raised",
    "preflighting",
    {
      severity: "warning",
      code: "credential-expires",
      summary: "A credential expires soon",
      detail: `of ${words} in 12 days`,
      address: "connection/calendar",
      fix: "Store a new credential.",
    },
  ],
  [3, "plan-made", "planning", { hash: PLAN }],
  [4, "rollout-waited", "awaiting-approval", { reason: "awaiting-approval", detail: words, event: "wait" }],
  [9, "approval-given", "awaiting-approval", { actor: "key:approver1", detail: words }],
  [10, "phase-entered", "applying", { from: "awaiting-approval", to: "applying" }],
  [11, "rollout-waited", "applying", { reason: "vendor-throttled", detail: "retell asks for 4 s" }],
  [12, "operation-done", "applying", { address: "voice-agent.agent/main" }],
  [15, "smoke-reported", "smoke-testing", smoke(words)],
  [16, "pointer-moved", "switching", { from: "blue", to: "green", generation: 8, cause: "switch" }],
  [
    40,
    "evidence-weighed",
    "baking",
    {
      kind: "passed",
      detail: "No judged metric is worse than its margin.",
      baseline: "same-hours",
      isReduced: false,
      alarms: [],
      comparisons: [
        comparison("booked", 0.412, 0.388, "passed"),
        comparison("response-latency", 268, 281, "passed"),
        comparison("handling-time", 141_000, 139_000, "shown"),
      ],
    },
  ],
  [41, "phase-entered", "succeeded", { from: "retiring", to: "succeeded" }],
];

const step = (seq: number, address: string, attempt: number, result: string): Step => ({
  rolloutId: "0190a000-0000-7000-8000-00000000000a",
  seq,
  stage: "apply",
  operation: { seq, address, verb: "create", vendor: "retell" } as unknown as Step["operation"],
  state: "done",
  epoch: seq + 3,
  requestHash: "r",
  externalId: `agent_${seq}`,
  intentAt: at(11),
  attempt,
  notBefore: null,
  outcome: { result, detail: null },
});

/** A rollout that ended well after some trouble; `name` and `words` stand wherever people's own text may. */
export function proofSample(name = "front-desk", words = "Can I come on Wednesday morning?"): ProofFacts {
  const id = "0190a000-0000-7000-8000-00000000000a";
  const deploymentId = "0190a000-0000-7000-8000-00000000000d";
  const policy = {
    approval: "required",
    promotion: "automatic",
    bakeMs: 1_500_000,
    approvalTtlMs: 86_400_000,
  } as const;
  const rollout: RolloutDetail = {
    id,
    tenantId: "t1",
    deploymentId,
    phase: "succeeded",
    heldPhase: null,
    desired: "continue",
    policy,
    bundleHash: BUNDLE,
    targetSlot: "green",
    planId: "0190a000-0000-7000-8000-0000000000a1",
    planHash: PLAN,
    approvedBy: "key:approver1",
    approvedAt: at(9),
    dueAt: null,
    reason: null,
    memory: { smoke: { response: { turns: 9, p50Ms: 212, p95Ms: 284, targetMs: 300 } } },
    version: 30,
    engineVersion: "1",
    createdBy: "key:author1",
    createdAt: at(0),
    updatedAt: at(41),
    steps: [step(0, "voice-agent.llm/main", 1, "created"), step(1, "voice-agent.agent/main", 3, "adopted")],
    plan: {
      id: "0190a000-0000-7000-8000-0000000000a1",
      tenantId: "t1",
      deploymentId,
      targetSlot: "green",
      bundleHash: BUNDLE,
      previousBundleHash: "b1".padEnd(64, "0"),
      base: { generation: 7, stateSerial: 41, configVersion: 3 },
      observed: {},
      changes: [],
      callerChanges: [{ path: "conversation.greeting", operation: "set", before: "Hello", after: words }],
      findings: [],
      hash: PLAN,
      createdAt: at(3),
      createdBy: "worker",
    },
  };
  return {
    generatedAt: at(50),
    generatedFor: "key:auditor1",
    mayReadWords: true,
    rollout,
    deployment: {
      id: deploymentId,
      name,
      playbook: "after-hours-answering",
      environment: "production",
    } as DeploymentDetail,
    bundle: {
      playbook: { name: "after-hours-answering", version: "1.4.0", manifestHash: "aa".padEnd(64, "0") },
      connections: { telephony: { vendor: "twilio" }, calendar: { vendor: "google" }, crm: { vendor: "hubspot" } },
      agent: { kind: "tandem" },
      providers: {
        stt: [{ provider: "deepgram" }],
        llm: [{ provider: "groq" }, { provider: "openai" }],
        tts: [{ provider: "cartesia" }],
      },
      policies: {
        retention: { recordingDays: 30, transcriptDays: 90 },
        redaction: { kinds: ["card", "email"] },
        residency: { region: "eu" },
        memory: { days: 30 },
      },
    } as unknown as ReleaseBundle,
    events: story(words).map(([minute, type, phase, payload], index) => ({
      rolloutId: id,
      seq: index,
      at: at(minute),
      type,
      phase,
      payload,
    })),
    approvals: [
      {
        subject: "key:approver1",
        decision: "approve",
        via: "link",
        planHash: PLAN,
        reason: words,
        at: at(9),
        isEntitled: true,
      },
    ],
    measured: [
      {
        deploymentId,
        region: "eu-1",
        slot: "green",
        release: BUNDLE,
        component: "totalMs",
        p50Ms: 219,
        p95Ms: 268,
        p99Ms: 402,
        turns: 1_204,
      },
    ],
    pointerMoves: [{ at: at(16), cause: "switch", active: "green", generation: 8, actor: "worker" }],
    audit: {
      rows: [
        {
          seq: 118,
          at: at(9),
          actor: "key:approver1",
          via: "api",
          action: "rollout.approved",
          object: `rollout/${id}`,
          beforeHash: null,
          afterHash: null,
          reason: words,
          requestId: "req-1",
          prevHash: "d4".padEnd(64, "0"),
          hash: "e5".padEnd(64, "0"),
        },
      ],
      checkpoint: {
        tenantId: "t1",
        seq: 130,
        hash: "f6".padEnd(64, "0"),
        at: at(45),
        keyId: "key-1",
        signature: "c2lnbmF0dXJl",
      },
      isWhole: true,
    },
  };
}
