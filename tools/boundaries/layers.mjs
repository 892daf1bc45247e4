// The rules as data: who may import whom, and what from outside.

const INNER = ["domain", "kernel", "ports"];
const NEST = ["@nestjs/*", "reflect-metadata", "rxjs"];

/** Layer → the layers it may import and the outside packages it may import (`/*` matches a scope or subpaths). */
export const LAYERS = {
  kernel: { layers: [], packages: ["@noble/hashes"], node: false },
  domain: { layers: ["kernel"], packages: ["zod", "json-diff-ts", "js-yaml"], node: false },
  ports: { layers: ["domain", "kernel"], packages: ["zod"], node: false },
  audio: { layers: ["kernel"], packages: [], node: false },
  adapter: { layers: ["audio", ...INNER], packages: "declared", node: true },
  catalog: { layers: ["adapter", ...INNER], packages: [], node: false },
  engine: { layers: INNER, packages: [], node: true },
  agent: { layers: INNER, packages: [], node: true },
  store: { layers: INNER, packages: ["@prisma/*", "pg"], node: true },
  queue: { layers: INNER, packages: ["bullmq", "ioredis", "pg", "zod"], node: true },
  config: { layers: INNER, packages: ["zod"], node: true },
  telemetry: { layers: INNER, packages: ["pino", "pino-pretty", "prom-client", "@opentelemetry/*"], node: true },
  secrets: { layers: INNER, packages: ["jose"], node: true },
  contracts: { layers: ["domain", "kernel"], packages: ["zod"], node: false },
  testkit: { layers: ["agent", "engine", ...INNER], packages: ["fast-check", "vitest", "zod"], node: true },
  "sandbox-host": { layers: INNER, packages: ["ws"], node: true },
  caller: { layers: ["adapter", "audio", ...INNER], packages: ["ws"], node: true },
  ingress: { layers: ["caller", "catalog", "secrets", ...INNER], packages: [], node: true },
  api: {
    layers: ["catalog", "config", "contracts", "queue", "secrets", "store", "telemetry", ...INNER],
    packages: [...NEST, "fastify", "@fastify/*", "jose", "openid-client", "rate-limiter-flexible", "zod"],
    node: true,
  },
  worker: {
    layers: ["catalog", "config", "engine", "ingress", "queue", "secrets", "store", "telemetry", ...INNER],
    packages: [...NEST, "jose"],
    node: true,
  },
  media: {
    layers: ["agent", "audio", "catalog", "config", "contracts", "secrets", "store", "telemetry", ...INNER],
    packages: ["jose", "onnxruntime-node", "ws"],
    node: true,
  },
  cli: {
    layers: ["caller", "catalog", "config", "contracts", "domain", "kernel"],
    packages: ["commander", "eventsource-parser"],
    node: true,
  },
  // The runbooks stand beside an incident as they stand in the documentation: read as text, never as code.
  admin: {
    layers: ["contracts", "kernel"],
    packages: "declared",
    node: false,
    texts: /^docs\/runbooks\/[\w-]+\.md\?raw$/,
  },
  sandbox: { layers: ["adapter", "audio", "config", "sandbox-host", "telemetry", ...INNER], packages: [], node: true },
};

/** What test files (`*.test.ts`) and contract suites (`*.contract.ts`) may import on top of their layer. */
export const TESTS = {
  layers: ["audio", "caller", "testkit", "sandbox-host"],
  packages: [
    "vitest",
    "fast-check",
    "pg",
    "@nestjs/testing",
    "@testing-library/*",
    "js-yaml",
    "ajv",
    "ajv-formats",
    "ws",
  ],
  rootFiles: ["vitest.database.ts"],
};

/** Domain room → the rooms to its left, which it may import through their doors. */
export const ROOMS = {
  tenant: [],
  gate: ["tenant", "evidence", "replay"],
  manifest: ["tenant"],
  release: ["manifest", "tenant"],
  slot: ["manifest", "tenant"],
  plan: ["manifest", "tenant", "release", "slot", "gate"],
  drift: ["manifest", "tenant", "release", "slot", "plan"],
  evidence: ["manifest", "kpi"],
  replay: [],
  rollout: ["manifest", "tenant", "release", "slot", "plan", "evidence", "replay", "gate"],
  fleet: ["gate", "manifest", "tenant", "release", "slot", "plan", "evidence", "replay", "rollout"],
  conversation: ["manifest"],
  session: ["manifest", "conversation"],
  turn: ["manifest", "conversation", "session"],
  kpi: ["manifest", "conversation", "session"],
  outbound: ["manifest", "tenant", "release", "conversation"],
  notification: ["manifest", "tenant", "release", "slot", "plan", "evidence", "rollout", "fleet"],
  incident: ["manifest", "tenant", "release"],
  audit: [],
};

/** Outside packages that only some rooms of the domain may import. */
export const ROOM_PACKAGES = { "json-diff-ts": ["plan"], "js-yaml": ["manifest"] };

/** Doors that only some places may use: module → test on the importing project's layer and file. */
export const GUARDED_DOORS = {
  "@tandem/catalog/loaders": {
    allows: ({ layer, file }) => layer === "worker" || (layer === "media" && file.startsWith("src/tool-host/")),
    reason: "loaders bring vendor SDKs along: worker and media's tool-host only",
  },
};

/** Calls and objects that make the domain impure. */
export const IMPURE_GLOBALS = [
  "fetch",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "performance",
  "process",
];
export const IMPURE_MEMBERS = [
  "Date.now",
  "Math.random",
  "crypto.randomUUID",
  "crypto.getRandomValues",
  "Temporal.Now",
];

/** Files that every vendor folder has. */
export const VENDOR_FILES = [
  "README.md",
  "src/client.ts",
  "src/descriptor.ts",
  "src/errors.ts",
  "src/index.ts",
  "src/sandbox.ts",
  "src/wire.ts",
];

/** One of these, too: how the vendor calls us, or which providers (STT, LLM, TTS) it brings to the audio thread without an SDK. */
export const VENDOR_DOORS = ["src/webhook.ts", "src/providers.ts"];

/** Names that say nothing about what a file or folder holds. */
export const EMPTY_NAMES = ["util", "utils", "helper", "helpers", "common", "shared", "misc"];
export const EMPTY_FILES = ["types.ts", "constants.ts"];

/** Words which the glossary replaces by others; whole identifiers only. */
export const BANNED_WORDS = {
  flow: "playbook",
  dryRun: "plan",
  cutover: "switch",
  flip: "switch",
  swap: "switch",
  soak: "bake",
  undo: "rollback",
  integration: "vendor or adapter",
  driver: "vendor or adapter",
  batch: "wave",
  mock: "sandbox",
  primary: "active (slot)",
  stable: "active (slot)",
  preview: "inactive (slot) or plan",
};

/** Layers where one of these words has another, ordinary meaning: events travel to the database in batches. */
export const WORD_EXCEPTIONS = { batch: ["media", "queue", "store", "telemetry"] };

export const MOST_LINES = 400;
