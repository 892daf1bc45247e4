import type { Chance } from "./chance.ts";

/** Prose that every text of a manifest may hold: quotation marks, colons and other alphabets, no template. */
const words = (chance: Chance, longest: number): string =>
  chance
    .list(chance.between(1, 6), () => chance.pick(WORDS))
    .join(" ")
    .slice(0, longest)
    .trim();

const WORDS = [
  ..."We call you back today: promised # not a comment,yes no null true 0x1F 1e3 24:00 - [x] {y} & * ! | > ' \" % @ ` ~"
    .split(" ")
    .filter((word) => word !== ""),
  "Grüß Gott",
  "您好",
  "\u{1f44b}",
  "+15550100100",
  "*bold*",
  "a\nb",
  "2026-01-01",
];

const number = (chance: Chance): string => `+1555${String(chance.below(10_000_000)).padStart(7, "0")}`;
const slug = (chance: Chance): string => `${chance.pick(["a", "desk", "line-2", "x9"])}${chance.below(1000)}`;

/** The content of a small manifest that must be accepted: its own fields, tools and objectives, all of them connected. */
export function validManifest(chance: Chance): Record<string, unknown> {
  const fields = chance.list(chance.between(1, 4), (at) => field(chance, `field_${at}`));
  const tools = [transferTool(), ...chance.list(chance.below(3), (at) => bookingTool(chance, `book_${at}`))];
  return {
    manifest: 1,
    name: slug(chance),
    version: `${chance.below(30)}.${chance.below(30)}.${chance.below(30)}`,
    title: words(chance, 80),
    summary: words(chance, 400),
    parameters: Object.fromEntries(chance.list(chance.below(5), (at) => [`value${at}`, parameter(chance)])),
    roles: roles(chance),
    resources: {
      "voice-agent.agent/main": { owner: "slot", fields: {} },
      "calendar.calendar/main": { owner: "connection", fields: {} },
    },
    answer: {
      schedule: { timeZone: "Europe/Berlin", weekly: weekly(chance), holidays: [], overrides: [] },
      whenOpen: { do: "ring-staff", numbers: [number(chance)], ringSeconds: chance.between(5, 60), noAnswer: "agent" },
      whenClosed: { do: "agent" },
    },
    agent: {
      kind: "retell-llm",
      resource: "voice-agent.agent/main",
      language: "en-US",
      endpointingMs: 500,
      audio: { encoding: "mulaw", sampleRateHz: 8000 },
    },
    conversation: conversation(chance, fields, tools),
    tools,
    ...fixed(chance),
    smoke: smoke(tools),
    kpis: [{ name: slug(chance), unit: "count", window: "day", formula: "missed", goodDirection: "down" }],
    breakingChanges: [],
  };
}

const field = (chance: Chance, name: string) => ({
  name,
  type: "text",
  description: words(chance, 200),
  confirm: chance.pick(["implicit", "explicit"]),
  required: chance.once(2),
  personal: chance.once(2),
});

function parameter(chance: Chance) {
  const declared = { label: words(chance, 80), required: chance.once(2) };
  const type = chance.pick(["text", "integer", "boolean", "choice"]);
  if (type === "integer") return { type, ...declared, min: 0, max: chance.between(1, 900), default: chance.below(2) };
  if (type === "boolean") return { type, ...declared, default: chance.once(2) };
  if (type === "choice") return { type, ...declared, choices: [{ value: slug(chance), label: words(chance, 80) }] };
  return { type, ...declared, multiline: true };
}

const roles = (chance: Chance) =>
  Object.fromEntries(
    ["telephony", "voiceAgent", "calendar"].map((role) => [role, { vendors: {}, reason: words(chance, 300) }]),
  );

const weekly = (chance: Chance) =>
  Object.fromEntries(
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map((day) => [
      day,
      chance.once(3) ? [] : [{ from: `0${chance.between(6, 9)}:00`, to: `${chance.between(10, 23)}:30` }],
    ]),
  );

const transferTool = () => ({
  name: "transfer_call",
  description: "Connects the caller to a person.",
  operation: "call.transfer",
  arguments: { destination: { type: "string", description: "human or emergency", required: true } },
  settings: {},
  acknowledgement: "",
  timeoutMs: 5000,
});

const bookingTool = (chance: Chance, name: string) => ({
  name,
  description: words(chance, 200),
  operation: "calendar.find-slots",
  resource: "calendar.calendar/main",
  arguments: {},
  settings: { slotMinutes: chance.between(10, 60), windowDays: chance.between(1, 30), leadMinutes: 60, limit: 3 },
  acknowledgement: words(chance, 100),
  timeoutMs: chance.between(2000, 8000),
});

function conversation(chance: Chance, fields: readonly { name: string }[], tools: readonly { name: string }[]) {
  const objectives = fields.map(({ name }, at) => ({
    name: `ask_${at}`,
    instruction: words(chance, 500),
    collect: [name],
    tools: tools.map((tool) => tool.name),
    next: [{ when: { is: "collected", fields: [name] }, to: at + 1 === fields.length ? "end" : `ask_${at + 1}` }],
  }));
  return {
    persona: words(chance, 500),
    greeting: words(chance, 100),
    fields,
    objectives,
    start: "ask_0",
    limits: { maxCallMinutes: chance.between(5, 60), inactivitySeconds: 30 },
  };
}

const smoke = (tools: readonly { name: string }[]) => [
  { name: "A call is answered", steps: [{ do: "answer", expect: "any" }] },
  {
    name: "Each tool is tried",
    steps: tools.map(({ name }) => ({
      do: "tool",
      tool: name,
      arguments: name === "transfer_call" ? { destination: "emergency" } : {},
      expect: "success",
    })),
  },
];

const provider = (name: string, model: string) => ({ provider: name, model, settings: {} });

const fixed = (chance: Chance) => ({
  providers: {
    stt: ["nova-3", "flux-general-en", "nova-2-phonecall"].map((model) => provider("deepgram", model)),
    llm: [
      provider("openai", "gpt-4.1"),
      provider("groq", "llama-3.3-70b-versatile"),
      provider("together", "meta-llama/Llama-3.3-70B-Instruct-Turbo"),
    ],
    tts: [
      provider("cartesia", "sonic-3"),
      provider("elevenlabs", "eleven_flash_v2_5"),
      provider("deepgram", "aura-2-thalia-en"),
    ],
  },
  latency: {
    profile: "responsive-500",
    sttMs: 120,
    llmFirstTokenMs: 250,
    ttsFirstAudioMs: 120,
    networkMs: 80,
    endToEndMs: 500,
  },
  fallbackNumber: number(chance),
  emergency: { phrases: ["emergency"], message: words(chance, 200), number: number(chance), uninterruptible: true },
  humanPath: { number: number(chance), message: words(chance, 200), uninterruptible: true },
  policies: {
    disclosure: { text: words(chance, 200) },
    consent: { recording: "announce", text: words(chance, 200) },
    retention: { recordingDays: chance.below(100), transcriptDays: chance.below(100) },
    redaction: { kinds: [] },
    residency: { region: "any" },
    minutesPerCallerPerDay: 60,
  },
});
