import { contentHash, type Json } from "@tandem/kernel";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { Pointer } from "@tandem/domain/slot";
import type {
  MediaNodeName,
  PointerFeed,
  PointerLook,
  PointerMove,
  ServedConnection,
  ServedDeployment,
  ServedSlot,
} from "@tandem/ports/store/pointer-feed";

const allDay = [{ from: "00:00", to: "24:00" }];
const openAllWeek = {
  monday: allDay,
  tuesday: allDay,
  wednesday: allDay,
  thursday: allDay,
  friday: allDay,
  saturday: allDay,
  sunday: allDay,
};
const closedAllWeek = { monday: [], tuesday: [], wednesday: [], thursday: [], friday: [], saturday: [], sunday: [] };

/** A complete small bundle; `greeting` makes two of them differ. */
export function bundleOf(greeting: string, change: Partial<ReleaseBundle> = {}): ReleaseBundle {
  const chain = [1, 2, 3].map((n) => ({ provider: `p${n}`, model: "m", settings: {} }));
  return {
    schema: 1,
    playbook: { name: "after-hours-answering", version: "1.0.0", manifestHash: "m".repeat(64) },
    deployment: { id: "d1", name: "front-desk", environment: "production", number: "+15550100001" },
    parameters: {},
    connections: {
      telephony: { connectionId: "c-twilio", vendor: "twilio", requiredScopes: [] },
      voiceAgent: { connectionId: "c-retell", vendor: "retell", requiredScopes: [] },
      calendar: { connectionId: "c-google", vendor: "google", requiredScopes: [] },
      crm: { connectionId: "c-hubspot", vendor: "hubspot", requiredScopes: [] },
    },
    resources: [],
    answer: {
      schedule: {
        timeZone: "America/New_York",
        weekly: closedAllWeek,
        bookable: openAllWeek,
        holidays: [],
        overrides: [],
      },
      whenOpen: { do: "ring-staff", numbers: ["+15550100020", "+15550100021"], ringSeconds: 20, noAnswer: "agent" },
      whenClosed: { do: "agent" },
    },
    agent: {
      kind: "retell-llm",
      resource: "voice-agent.agent/main",
      language: "en-US",
      endpointingMs: 400,
      audio: { encoding: "mulaw", sampleRateHz: 8000 },
    },
    conversation: {
      persona: "p",
      greeting,
      fields: [],
      objectives: [{ name: "greet", instruction: "i", collect: [], tools: [], next: [] }],
      start: "greet",
      limits: { maxCallMinutes: 20, inactivitySeconds: 30 },
    },
    tools: [
      {
        name: "find_slots",
        description: "d",
        operation: "calendar.find-slots",
        resource: "calendar.calendar/bookings",
        arguments: {},
        settings: { slotMinutes: 30, windowDays: 7, leadMinutes: 60, limit: 3 },
        acknowledgement: "a",
        timeoutMs: 5000,
      },
      {
        name: "book",
        description: "d",
        operation: "calendar.book",
        resource: "calendar.calendar/bookings",
        arguments: { start: { type: "string", description: "d", required: true } },
        settings: { slotMinutes: 30, title: "Visit" },
        acknowledgement: "a",
        timeoutMs: 5000,
      },
      {
        name: "transfer",
        description: "d",
        operation: "call.transfer",
        arguments: { destination: { type: "string", description: "d", required: true } },
        settings: {},
        acknowledgement: "a",
        timeoutMs: 5000,
      },
    ],
    providers: { stt: chain, llm: chain, tts: chain },
    latency: {
      profile: "responsive-500",
      sttMs: 100,
      llmFirstTokenMs: 200,
      ttsFirstAudioMs: 100,
      networkMs: 50,
      endToEndMs: 500,
    },
    fallbackNumber: "+15550100030",
    emergency: {
      phrases: ["help"],
      message: "Connecting you to emergency services.",
      number: "+15550100911",
      uninterruptible: true,
    },
    humanPath: { number: "+15550100040", message: "Connecting you to a person.", uninterruptible: true },
    policies: {
      disclosure: { text: "d" },
      consent: { recording: "none", text: "" },
      retention: { recordingDays: 0, transcriptDays: 30 },
      redaction: { kinds: [] },
      residency: { region: "any" },
      minutesPerCallerPerDay: 30,
    },
    smoke: [],
    kpis: [],
    ...change,
  };
}

export const hashOf = (bundle: ReleaseBundle): string => contentHash(bundle as unknown as Json);

export const pointerAt = (generation: number, active: Pointer["active"], change: Partial<Pointer> = {}): Pointer => ({
  active,
  candidate: null,
  weightBp: 0,
  salt: "salt",
  mode: "live",
  generation,
  ...change,
});

export function slotWith(bundle: ReleaseBundle | null, agentId: string): ServedSlot {
  return {
    state: bundle === null ? "empty" : "ready",
    bundleHash: bundle === null ? null : hashOf(bundle),
    bindings: [
      {
        address: "voice-agent.agent/main",
        kind: "voice-agent.agent",
        externalId: agentId,
        version: "3",
        connectionId: "c-retell",
      },
      {
        address: "calendar.calendar/bookings",
        kind: "calendar.calendar",
        externalId: "primary",
        version: null,
        connectionId: "c-google",
      },
    ],
  };
}

export const blueBundle = bundleOf("blue greeting");
export const greenBundle = bundleOf("green greeting");

export function deploymentOf(change: Partial<ServedDeployment> = {}): ServedDeployment {
  return {
    tenantId: "t1",
    deploymentId: "d1",
    ingressKey: "0123456789abcdefghijklmnop",
    number: "+15550100001",
    pointer: pointerAt(1, "blue"),
    mark: "1.1.1.0",
    slots: { blue: slotWith(blueBundle, "agent_blue"), green: slotWith(greenBundle, "agent_green") },
    storedRouting: null,
    connections: {},
    ...change,
  };
}

export const connectionOf = (vendor: string, sealed: string): ServedConnection => ({
  vendor,
  endpoint: "sandbox",
  config: {},
  credentialVersion: 1,
  sealed,
  previousSealed: null,
});

/** A database in memory: what the narrow feed reads, and that can be away. */
export class MemoryFeed implements PointerFeed {
  readonly deployments = new Map<string, ServedDeployment>();
  readonly bundles = new Map<string, ReleaseBundle>();
  /** Node → the look that it serves. */
  readonly confirmed = new Map<string, string>();
  isAway = false;
  /** Looks are answered, deployments are not. */
  isUnreadable = false;
  reads = 0;
  onMove: ((deploymentId: string, move?: PointerMove) => void) | null = null;
  #serial = 0;
  readonly #serials = new Map<string, number>();

  put(deployment: ServedDeployment, ...bundles: ReleaseBundle[]): void {
    this.deployments.set(deployment.deploymentId, deployment);
    this.#serials.set(deployment.deploymentId, (this.#serial += 1));
    for (const bundle of bundles) this.bundles.set(hashOf(bundle), bundle);
  }

  marks(): Promise<PointerLook> {
    if (this.isAway) return Promise.reject(new Error("database away"));
    const marks = [...this.deployments].map(
      ([id, { pointer }]) => [id, `${pointer.generation}:${this.#serials.get(id)}`] as const,
    );
    return Promise.resolve({ at: new Date().toISOString(), marks: new Map(marks) });
  }

  confirm({ id }: MediaNodeName, lookedAt: string): Promise<void> {
    if (this.isAway) return Promise.reject(new Error("database away"));
    this.confirmed.set(id, lookedAt);
    return Promise.resolve();
  }

  leave(nodeId: string): Promise<void> {
    if (this.isAway) return Promise.reject(new Error("database away"));
    this.confirmed.delete(nodeId);
    return Promise.resolve();
  }

  deployment(deploymentId: string): Promise<ServedDeployment | null> {
    this.reads += 1;
    if (this.isAway || this.isUnreadable) return Promise.reject(new Error("database away"));
    return Promise.resolve(this.deployments.get(deploymentId) ?? null);
  }

  bundle(hash: string): Promise<ReleaseBundle | null> {
    if (this.isAway) return Promise.reject(new Error("database away"));
    return Promise.resolve(this.bundles.get(hash) ?? null);
  }

  listen(onMove: (deploymentId: string) => void, onResync: () => void): Promise<{ close(): Promise<void> }> {
    if (this.isAway) return Promise.reject(new Error("database away"));
    this.onMove = onMove;
    onResync();
    return Promise.resolve({ close: () => Promise.resolve() });
  }
}
