// Material for the tests of this room: two deployments' worth of typical data and a world that operations can be run in.
import { contentHash, type Json, type JsonObject } from "@tandem/kernel";
import type { BundleResource, ReleaseBundle } from "../../release/index.ts";
import type { Pointer, Slot, SlotState, SlotView } from "../../slot/index.ts";
import { type KindFacts, type KindLookup, observedKey, type PlanInput } from "../plan-input.ts";

const kind = (name: string, facts: Partial<KindFacts>): [string, KindFacts] => [
  name,
  {
    kind: name,
    owner: "connection",
    onCreate: ["create"],
    onUpdate: ["update"],
    replaceOn: [],
    removalIsIrreversible: false,
    callerEffect: null,
    ...facts,
  },
];

/** Kinds as the adapters of the two playbooks declare them, and one that is updated and published in place. */
export const KINDS = new Map([
  kind("telephony.number", { owner: "deployment", onCreate: [], removalIsIrreversible: true }),
  kind("voice-agent.llm", { owner: "slot", onUpdate: [], callerEffect: "what the agent says and may do" }),
  kind("voice-agent.agent", {
    owner: "slot",
    onCreate: ["create", "publish"],
    onUpdate: ["draft", "update", "publish"],
    replaceOn: ["llmId"],
    callerEffect: "how the agent sounds and listens",
  }),
  kind("calendar.calendar", { removalIsIrreversible: true, callerEffect: "appointments are booked in this calendar" }),
  kind("crm.property-group", { replaceOn: ["object", "name"] }),
  kind("crm.property", {
    replaceOn: ["object", "name", "type"],
    additive: { options: "value" },
    removalIsIrreversible: true,
  }),
  kind("crm.pipeline", { replaceOn: ["object"], removalIsIrreversible: true }),
]);

export const kinds: KindLookup = (_vendor, name) => KINDS.get(name) ?? null;

type Draft = Pick<BundleResource, "address" | "owner" | "fields"> & Partial<BundleResource>;

const ROLES = { telephony: "telephony", "voice-agent": "voiceAgent", calendar: "calendar", crm: "crm" } as const;

export const resource = (draft: Draft): BundleResource => ({
  kind: draft.address.replace(/\/.*/, ""),
  role: ROLES[draft.address.replace(/\..*/, "") as keyof typeof ROLES],
  sources: {},
  dependsOn: [],
  ...draft,
});

const agentFields = {
  name: "front-desk (after-hours-answering)",
  llmId: { $ref: "voice-agent.llm/main", part: "externalId" },
  llmVersion: { $ref: "voice-agent.llm/main", part: "version" },
  voiceId: "11labs-Adrian",
  language: "en-US",
  interruptionSensitivity: 0.8,
  boostedKeywords: ["Bright Dental"],
};

export const PROMPT = [
  "You are the assistant of Bright Dental.",
  "Be brief and kind.",
  "",
  "Ask for name and number.",
  "Offer a call-back.",
  "Never give medical advice.",
  "Say goodbye.",
].join("\n");

export const RESOURCES: readonly BundleResource[] = [
  resource({
    address: "calendar.calendar/callbacks",
    owner: "connection",
    fields: { summary: "Call-backs", timeZone: "America/New_York" },
    sources: { timeZone: "tenant-overlay" },
  }),
  resource({
    address: "crm.property-group/after-hours",
    owner: "connection",
    fields: { object: "contacts", name: "tandem_after_hours", label: "After-hours calls" },
  }),
  resource({
    address: "crm.property/call-urgency",
    owner: "connection",
    dependsOn: ["crm.property-group/after-hours"],
    fields: {
      object: "contacts",
      name: "tandem_call_urgency",
      label: "Urgency",
      type: "enumeration",
      options: [
        { label: "Urgent", value: "urgent" },
        { label: "Can wait", value: "can-wait" },
      ],
    },
  }),
  resource({
    address: "telephony.number/main",
    owner: "deployment",
    fields: { number: "+15550100", voiceUrl: "https://media.example/voice/k" },
  }),
  resource({
    address: "voice-agent.agent/main",
    owner: "slot",
    fields: agentFields,
    sources: { voiceId: "tenant-overlay", name: "deployment-overlay", "boostedKeywords[0]": "tenant-overlay" },
    dependsOn: ["voice-agent.llm/main"],
  }),
  resource({
    address: "voice-agent.llm/main",
    owner: "slot",
    fields: {
      model: "gpt-4.1",
      temperature: 0.2,
      prompt: PROMPT,
      beginMessage: "Thank you for calling.",
      tools: [{ name: "save_message", url: "https://media.example/tools/save" }],
    },
  }),
];

/** The resources with the fields of some replaced. */
export const withFields = (
  changed: Record<string, JsonObject>,
  resources: readonly BundleResource[] = RESOURCES,
): BundleResource[] =>
  resources.map((one) =>
    changed[one.address] === undefined ? one : { ...one, fields: { ...one.fields, ...changed[one.address] } },
  );

const day = [{ from: "09:00", to: "17:00" }];

export const BUNDLE: ReleaseBundle = {
  schema: 1,
  playbook: { name: "after-hours-answering", version: "1.0.0", manifestHash: "m1" },
  deployment: { id: "d1", name: "front-desk", environment: "production", number: "+15550100" },
  parameters: {
    greeting: { value: "Hello, this is Bright Dental.", source: "tenant-overlay" },
    ringSeconds: { value: 20, source: "playbook" },
  },
  connections: {
    telephony: { connectionId: "c-twilio", vendor: "twilio", requiredScopes: [] },
    voiceAgent: { connectionId: "c-retell", vendor: "retell", requiredScopes: [] },
    calendar: { connectionId: "c-google", vendor: "google", requiredScopes: [] },
    crm: { connectionId: "c-hubspot", vendor: "hubspot", requiredScopes: [] },
  },
  resources: RESOURCES,
  answer: {
    schedule: {
      timeZone: "America/New_York",
      weekly: { monday: day, tuesday: day, wednesday: day, thursday: day, friday: day, saturday: [], sunday: [] },
      holidays: [],
      overrides: [],
    },
    whenOpen: { do: "ring-staff", numbers: ["+15550111"], ringSeconds: 20, noAnswer: "agent" },
    whenClosed: { do: "agent" },
  },
  agent: {
    kind: "retell-llm",
    resource: "voice-agent.agent/main",
    language: "en-US",
    endpointingMs: 500,
    audio: { encoding: "mulaw", sampleRateHz: 8000 },
  },
  conversation: {
    persona: "You are the assistant of Bright Dental.",
    greeting: "Hello, this is Bright Dental. How can I help?",
    fields: [
      {
        name: "caller_name",
        type: "text",
        description: "First and last name.",
        confirm: "implicit",
        required: true,
        personal: true,
      },
    ],
    objectives: [
      {
        name: "understand",
        instruction: "Find out why they call.",
        collect: ["caller_name"],
        tools: [],
        next: [{ when: { is: "always" }, to: "end" }],
      },
    ],
    start: "understand",
    limits: { maxCallMinutes: 10, inactivitySeconds: 30 },
  },
  tools: [],
  providers: { stt: [], llm: [], tts: [] },
  latency: {
    profile: "responsive-500",
    sttMs: 120,
    llmFirstTokenMs: 250,
    ttsFirstAudioMs: 120,
    networkMs: 80,
    endToEndMs: 500,
  },
  fallbackNumber: "+15550122",
  emergency: { phrases: ["fire"], message: "Dial 911.", number: "+15550133", uninterruptible: true },
  humanPath: { number: "+15550144", message: "Connecting you.", uninterruptible: true },
  policies: {
    disclosure: { text: "I am an automated assistant." },
    consent: { recording: "announce", text: "This call may be recorded." },
    retention: { recordingDays: 30, transcriptDays: 90 },
    redaction: { kinds: ["card"] },
    residency: { region: "us" },
    minutesPerCallerPerDay: 60,
  },
  smoke: [],
  kpis: [],
} as unknown as ReleaseBundle;

export const slotView = (slot: Slot, state: SlotState): SlotView => ({
  slot,
  state,
  bundleHash: state === "empty" ? null : `bundle-${slot}`,
  readyBundleHash: null,
  verifiedAt: null,
  intact: true,
  liveCalls: 0,
});

export const pointerAt = (active: Pointer["active"], generation = 1): Pointer => ({
  active,
  candidate: null,
  weightBp: 0,
  salt: "s",
  mode: "live",
  generation,
});

const ROUTING = {
  numberId: "PN1",
  voiceUrl: "https://old.example/voice",
  voiceMethod: "POST",
  statusCallbackUrl: "",
  applicationId: "",
  trunkId: "",
};
export const OUR_ROUTING = {
  ...ROUTING,
  voiceUrl: "https://media.example/voice/k",
  statusCallbackUrl: "https://media.example/status/k",
};

/** The first rollout of the deployment: nothing is live, nothing exists. */
export function firstInput(changes: Partial<PlanInput> = {}): PlanInput {
  const bundle = changes.bundle ?? BUNDLE;
  return {
    id: "plan-1",
    createdAt: "2026-11-20T13:00:00.000Z",
    createdBy: "key:1",
    deployment: {
      id: "d1",
      tenantId: "t1",
      name: "front-desk",
      playbook: "after-hours-answering",
      environment: "production",
      ingressKey: "k",
      number: "+15550100",
      connections: {},
      overlay: {},
      configVersion: 3,
    },
    pointer: pointerAt("none", 0),
    slots: { blue: slotView("blue", "empty"), green: slotView("green", "empty") },
    stateSerial: 7,
    bundle,
    bundleHash: contentHash(bundle as unknown as Json),
    previous: null,
    bindings: [],
    observed: new Map(
      bundle.resources.map(({ address, owner }) => [observedKey(address, owner === "slot" ? "blue" : null), null]),
    ),
    kinds,
    connections: Object.values(bundle.connections).map(({ connectionId, vendor }) => ({ id: connectionId, vendor })),
    otherReferences: new Map(),
    routing: { address: "telephony.number/main", observed: ROUTING, wanted: OUR_ROUTING, isAttached: false },
    findings: [],
    installKey: "install",
    ...changes,
  };
}
