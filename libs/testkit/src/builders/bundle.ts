import { contentHash, type Json } from "@tandem/kernel";
import type { BundleResource, ReleaseBundle } from "@tandem/domain/release";
import { MEMORY_VENDOR } from "../vendors/kinds.ts";

/** Ids that the ready-made deployment uses. */
export const CONNECTION_ID = "00000000-0000-7000-8000-0000000000c1";
export const NUMBER = "+15550100001";

/** What tests vary about a bundle. */
export interface BundleWish {
  readonly deploymentId: string;
  readonly version?: string;
  /** Changes the LLM of the slot. */
  readonly prompt?: string;
  /** Changes the agent of the slot. */
  readonly voice?: string;
  /** Properties that the account must have. */
  readonly properties?: readonly string[];
  /** Lists that the account must have. */
  readonly lists?: readonly string[];
  readonly hasCalendar?: boolean;
  readonly number?: string | null;
  /** The account that everything goes through. */
  readonly connectionId?: string;
  readonly patch?: Partial<ReleaseBundle>;
}

const resource = (
  address: string,
  owner: BundleResource["owner"],
  fields: BundleResource["fields"],
  dependsOn: readonly string[] = [],
): BundleResource => ({
  address,
  kind: address.split("/")[0] ?? address,
  role: address.startsWith("voice-agent")
    ? "voiceAgent"
    : address.startsWith("crm")
      ? "crm"
      : address.startsWith("calendar")
        ? "calendar"
        : "telephony",
  owner,
  fields,
  sources: {},
  dependsOn,
});

function resourcesOf(wish: BundleWish): BundleResource[] {
  const number = wish.number === undefined ? NUMBER : wish.number;
  return [
    ...(wish.hasCalendar === true
      ? [resource("calendar.calendar/bookings", "deployment", { summary: "Bookings", timeZone: "UTC" })]
      : []),
    ...(wish.properties ?? []).map((name) => resource(`crm.property/${name}`, "connection", { name, label: name })),
    ...(wish.lists ?? []).map((name) => resource(`crm.list/${name}`, "connection", { name })),
    ...(number === null
      ? []
      : [
          resource("telephony.number/main", "deployment", {
            number,
            voiceUrl: "https://voice.example/in#ct=2000&rt=5000",
            voiceFallbackUrl: "https://fallback.example/in",
            statusCallbackUrl: "https://voice.example/status",
          }),
        ]),
    resource(
      "voice-agent.agent/main",
      "slot",
      { voice: wish.voice ?? "calm", llmId: { $ref: "voice-agent.llm/main", part: "externalId" } },
      ["voice-agent.llm/main"],
    ),
    resource("voice-agent.llm/main", "slot", { prompt: wish.prompt ?? "Be kind." }),
  ];
}

const requiredScopes = ["objects:write"];
const provider = { provider: "one", model: "m", settings: {} };
const closed = { monday: [], tuesday: [], wednesday: [], thursday: [], friday: [], saturday: [], sunday: [] };

/** A whole bundle for tests, with its hash. */
export function buildBundle(wish: BundleWish): { readonly bundle: ReleaseBundle; readonly hash: string } {
  const connection = { connectionId: wish.connectionId ?? CONNECTION_ID, vendor: MEMORY_VENDOR, requiredScopes };
  const bundle: ReleaseBundle = {
    schema: 1,
    playbook: { name: "after-hours", version: wish.version ?? "1.0.0", manifestHash: "0".repeat(64) },
    deployment: {
      id: wish.deploymentId,
      name: "main-line",
      environment: "development",
      number: wish.number === undefined ? NUMBER : wish.number,
    },
    parameters: {},
    connections: { telephony: connection, voiceAgent: connection, calendar: connection, crm: connection },
    resources: resourcesOf(wish),
    answer: {
      schedule: { timeZone: "UTC", weekly: closed, holidays: [], overrides: [] },
      whenOpen: { do: "agent" },
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
      persona: "A receptionist.",
      greeting: "Hello.",
      fields: [],
      objectives: [
        { name: "help", instruction: "Help.", collect: [], tools: [], next: [{ when: { is: "always" }, to: "end" }] },
      ],
      start: "help",
      limits: { maxCallMinutes: 30, inactivitySeconds: 180 },
    },
    tools: [],
    providers: {
      stt: [provider, provider, provider],
      llm: [provider, provider, provider],
      tts: [provider, provider, provider],
    },
    latency: {
      profile: "strict-300",
      sttMs: 90,
      llmFirstTokenMs: 120,
      ttsFirstAudioMs: 80,
      networkMs: 60,
      endToEndMs: 300,
    },
    fallbackNumber: "+15550100002",
    emergency: { phrases: ["emergency"], message: "Stay on the line.", number: "+15550100003", uninterruptible: true },
    humanPath: { number: "+15550100002", message: "One moment.", uninterruptible: true },
    policies: {
      disclosure: { text: "You speak with an assistant." },
      consent: { recording: "none", text: "" },
      retention: { recordingDays: 0, transcriptDays: 30 },
      redaction: { kinds: ["phone"] },
      residency: { region: "any" },
      minutesPerCallerPerDay: 60,
    },
    smoke: [{ name: "answers", steps: [{ do: "answer", expect: "agent" }] }],
    kpis: [],
    ...wish.patch,
  };
  return { bundle, hash: contentHash(bundle as unknown as Json) };
}
