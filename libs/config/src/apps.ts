import { z } from "zod";
import { durationMs, integer, json, optional, port, secret, text, url } from "./value.ts";
import { platform, variable } from "./platform.ts";
import { signInVariables } from "./sign-in.ts";
import { readSettings, type Settings } from "./variable.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export const apiVariables = {
  databaseUrl: platform.databaseUrl,
  directDatabaseUrl: platform.directDatabaseUrl,
  redisUrl: platform.redisUrl,
  publicUrl: platform.publicUrl,
  fallbackUrl: platform.fallbackUrl,
  logLevel: platform.logLevel,
  logPretty: platform.logPretty,
  port: variable("PORT", port, "Port of the API.", "4000"),
  host: variable("TANDEM_API_HOST", text, "Address the API listens on.", "127.0.0.1"),
  apiUrl: platform.apiUrl,
  linkKey: platform.linkKey,
  talkKey: platform.talkKey,
  mediaUrl: variable(
    "TANDEM_MEDIA_URL",
    optional(url),
    "Where the API reaches a media node (http or https origin); empty uses TANDEM_PUBLIC_URL.",
    "",
  ),
  keyPepper: variable(
    "TANDEM_KEY_PEPPER",
    secret,
    "Secret under which API keys are stored as HMACs; changing it invalidates every key.",
  ),
  sealingPublicKey: variable(
    "TANDEM_SEALING_PUBLIC_KEY",
    text,
    "Public JWK (EC P-256, with kid) that credentials are sealed to.",
  ),
  requestsPerMinute: variable(
    "TANDEM_REQUESTS_PER_MINUTE",
    integer(1, 1_000_000),
    "Most requests per API key and minute.",
    "6000",
  ),
  eventStreamsPerTenant: variable(
    "TANDEM_EVENT_STREAMS_PER_TENANT",
    integer(1, 10_000),
    "Most open event streams per tenant.",
    "50",
  ),
  webhookLoopback: platform.webhookLoopback,
  ...signInVariables,
  auditPublicKey: platform.auditPublicKey,
  proofKey: variable(
    "TANDEM_PROOF_KEY",
    optional(secret),
    "Private JWK (Ed25519) that signs proof packs; empty: they carry no signature.",
    "",
  ),
  prices: variable(
    "TANDEM_PRICES",
    json(z.array(z.json())),
    'Your own prices as a JSON array, over the list prices by kind, provider and model, e.g. `[{"kind":"tts","provider":"cartesia","model":"*","microsPerMillionCharacters":30000000,"source":"contract","basis":"operator","readOn":"2026-11-01"}]`; amounts are micros of a US dollar.',
    "[]",
  ),
} as const;

export const workerVariables = {
  databaseUrl: platform.databaseUrl,
  directDatabaseUrl: platform.directDatabaseUrl,
  redisUrl: platform.redisUrl,
  publicUrl: platform.publicUrl,
  fallbackUrl: platform.fallbackUrl,
  logLevel: platform.logLevel,
  logPretty: platform.logPretty,
  sandboxOrigins: platform.sandboxOrigins,
  installKey: platform.installKey,
  ticketKey: platform.ticketKey,
  faultPoint: platform.faultPoint,
  otlpUrl: platform.otlpUrl,
  traceRatio: platform.traceRatio,
  port: variable("TANDEM_WORKER_PORT", port, "Port of the worker's health routes.", "4200"),
  host: variable("TANDEM_WORKER_HOST", text, "Address the worker's health routes listen on.", "127.0.0.1"),
  sealingPrivateKey: variable(
    "TANDEM_SEALING_PRIVATE_KEY",
    secret,
    "Private JWK that opens sealed credentials; JSON, or a JSON array while keys rotate.",
  ),
  leaseMs: variable(
    "TANDEM_LEASE_MS",
    durationMs,
    "How long a worker holds a deployment before another may take it.",
    "15000",
  ),
  sweepIntervalMs: variable(
    "TANDEM_SWEEP_INTERVAL_MS",
    durationMs,
    "How often each worker looks for due work by itself.",
    "5000",
  ),
  pointerLagMs: variable(
    "TANDEM_POINTER_LAG_MS",
    integer(0, 300_000),
    "How long after a rollback the abandoned slot is left alone: a media node may not have seen the move yet.",
    "5000",
  ),
  nodeGoneMs: platform.nodeGoneMs,
  callDeadlineMs: variable("TANDEM_VENDOR_DEADLINE_MS", durationMs, "Total deadline of one vendor call.", "10000"),
  settleCapMs: variable(
    "TANDEM_SETTLE_CAP_MS",
    durationMs,
    "Upper bound on the settle time that adapters declare; lower it in tests only.",
    "120000",
  ),
  backoffMs: variable(
    "TANDEM_BACKOFF_MS",
    durationMs,
    "First pause after a vendor failure; it doubles with each further one, up to a minute.",
    "1000",
  ),
  retentionSweepMs: variable(
    "TANDEM_RETENTION_SWEEP_MS",
    durationMs,
    "How often transcripts and callers past their days are taken out.",
    "3600000",
  ),
  credentialWarningDays: variable(
    "TANDEM_CREDENTIAL_WARNING_DAYS",
    integer(0, 365),
    "Preflight warns of a credential that ends within so many days.",
    "14",
  ),
  probeSamples: variable(
    "TANDEM_PROBE_SAMPLES",
    integer(1, 200),
    "How many answers of each vendor and provider preflight times.",
    "20",
  ),
  healthLookMs: variable(
    "TANDEM_HEALTH_LOOK_MS",
    integer(0, 86_400_000),
    "How often the health of each live deployment is looked at, give or take a tenth, and incidents opened for what is failing; 0: never.",
    "60000",
  ),
  driftLookMs: variable(
    "TANDEM_DRIFT_LOOK_MS",
    integer(0, 7 * 86_400_000),
    "How often each deployment is looked at for drift, give or take a tenth; 0: only when somebody asks.",
    "900000",
  ),
  apiUrl: platform.apiUrl,
  linkKey: platform.linkKey,
  webhookLoopback: platform.webhookLoopback,
  webhookConcurrency: variable(
    "TANDEM_WEBHOOK_CONCURRENCY",
    integer(1, 500),
    "Webhook messages that one worker sends at the same time, two at most to one endpoint.",
    "32",
  ),
  auditPrivateKey: variable(
    "TANDEM_AUDIT_PRIVATE_KEY",
    optional(secret),
    "Private JWK (Ed25519) that signs audit checkpoints; empty: none are made.",
    "",
  ),
  auditPublicKey: platform.auditPublicKey,
  auditCheckpointMs: variable(
    "TANDEM_AUDIT_CHECKPOINT_MS",
    durationMs,
    "How often a tenant's audit log is signed when it has grown.",
    "3600000",
  ),
  auditDir: variable(
    "TANDEM_AUDIT_DIR",
    text,
    "Folder for signed checkpoints outside the database, unless they go to a bucket; put it on another disk and back it up apart.",
    ".data/audit",
  ),
  s3Url: platform.s3Url,
  s3Region: platform.s3Region,
  s3AccessKeyId: platform.s3AccessKeyId,
  s3SecretAccessKey: platform.s3SecretAccessKey,
  bakeCheckMs: variable("TANDEM_BAKE_CHECK_MS", durationMs, "How often both slots are verified during bake.", "15000"),
  concurrency: variable(
    "TANDEM_WORKER_CONCURRENCY",
    integer(1, 200),
    "Deployments that one worker moves at the same time.",
    "8",
  ),
  smokeCalls: variable("TANDEM_SMOKE_CALLS", integer(1, 32), "Smoke calls of one rollout at the same time.", "4"),
  smokeSlackMs: variable(
    "TANDEM_SMOKE_SLACK_MS",
    integer(0, 600_000),
    "Added to a release's latency target in its smoke test: 0 where it matters; more on a machine that runs everything at once.",
    "0",
  ),
} as const;

export const mediaVariables = {
  databaseUrl: platform.databaseUrl,
  directDatabaseUrl: platform.directDatabaseUrl,
  publicUrl: platform.publicUrl,
  fallbackUrl: platform.fallbackUrl,
  logLevel: platform.logLevel,
  logPretty: platform.logPretty,
  sandboxOrigins: platform.sandboxOrigins,
  installKey: platform.installKey,
  ticketKey: platform.ticketKey,
  talkKey: platform.talkKey,
  sealingPrivateKey: workerVariables.sealingPrivateKey,
  otlpUrl: platform.otlpUrl,
  traceRatio: platform.traceRatio,
  port: variable("TANDEM_MEDIA_PORT", port, "Port of the media service.", "4100"),
  host: variable("TANDEM_MEDIA_HOST", text, "Address the media service listens on.", "127.0.0.1"),
  dataDir: variable(
    "TANDEM_MEDIA_DATA_DIR",
    text,
    "Folder for the last-known-good copy and the event spool.",
    ".data/media",
  ),
  node: variable(
    "TANDEM_MEDIA_NODE",
    optional(text),
    "Name of this node in sessions and health; empty uses its address (the machine's name where it listens on every one) and port.",
    "",
  ),
  region: variable(
    "TANDEM_MEDIA_REGION",
    text,
    "Where this node stands, as you name it; calls and latency are told by it.",
    "local",
  ),
  streamUrl: variable(
    "TANDEM_MEDIA_STREAM_URL",
    optional(url),
    "Where carriers reach this very node for audio (http or https origin; streams use ws or wss); empty uses TANDEM_PUBLIC_URL. With several nodes behind one address each needs its own: a stream comes back to the node that answered.",
    "",
  ),
  maxCalls: variable(
    "TANDEM_MEDIA_MAX_CALLS",
    integer(1, 100_000),
    "Calls in progress at which this node counts as fully loaded.",
    "500",
  ),
  tenantCalls: variable(
    "TANDEM_TENANT_CALLS",
    integer(1, 100_000),
    "Most calls in progress per tenant on this node; further callers get the fallback.",
    "200",
  ),
  vadModel: variable(
    "TANDEM_VAD_MODEL",
    optional(text),
    "ONNX model file of the voice activity detector; empty uses the built-in one. Needs the package onnxruntime-node.",
    "",
  ),
  s3Url: platform.s3Url,
  s3Region: platform.s3Region,
  s3AccessKeyId: platform.s3AccessKeyId,
  s3SecretAccessKey: platform.s3SecretAccessKey,
  nodeGoneMs: platform.nodeGoneMs,
  pollMs: variable("TANDEM_POINTER_POLL_MS", durationMs, "How often pointers are compared with the database.", "1000"),
  drainMs: variable("TANDEM_DRAIN_MS", durationMs, "How long a stopping node waits for its calls.", "3600000"),
  callDeadlineMs: variable(
    "TANDEM_TOOL_DEADLINE_MS",
    durationMs,
    "Total deadline of one vendor call that a tool makes.",
    "8000",
  ),
} as const;

export const sandboxVariables = {
  logLevel: platform.logLevel,
  logPretty: platform.logPretty,
  host: variable("TANDEM_SANDBOX_HOST", text, "Address the sandbox listens on.", "127.0.0.1"),
  dataDir: variable(
    "TANDEM_SANDBOX_DATA_DIR",
    text,
    "Folder of the emulated vendors' state and ledger.",
    ".data/sandbox",
  ),
  controlPort: variable("TANDEM_SANDBOX_CONTROL_PORT", port, "Port of the sandbox's control API.", "4700"),
  twilioPort: variable("TANDEM_SANDBOX_TWILIO_PORT", port, "Port of the emulated Twilio.", "4701"),
  retellPort: variable("TANDEM_SANDBOX_RETELL_PORT", port, "Port of the emulated Retell.", "4702"),
  googlePort: variable("TANDEM_SANDBOX_GOOGLE_PORT", port, "Port of the emulated Google.", "4703"),
  hubspotPort: variable("TANDEM_SANDBOX_HUBSPOT_PORT", port, "Port of the emulated HubSpot.", "4704"),
  deepgramPort: variable("TANDEM_SANDBOX_DEEPGRAM_PORT", port, "Port of the emulated Deepgram.", "4705"),
  cartesiaPort: variable("TANDEM_SANDBOX_CARTESIA_PORT", port, "Port of the emulated Cartesia.", "4706"),
  elevenlabsPort: variable("TANDEM_SANDBOX_ELEVENLABS_PORT", port, "Port of the emulated ElevenLabs.", "4707"),
  openaiPort: variable("TANDEM_SANDBOX_OPENAI_PORT", port, "Port of the emulated OpenAI-compatible services.", "4708"),
} as const;

export const cliVariables = {
  url: variable("TANDEM_URL", text, "Address of the API.", "http://127.0.0.1:4000"),
  noColour: variable("NO_COLOR", optional(text), "Anything here turns colours off.", ""),
  apiKey: variable("TANDEM_API_KEY", optional(secret), "API key of the caller.", ""),
} as const;

export type ApiConfig = Settings<typeof apiVariables>;
export type WorkerConfig = Settings<typeof workerVariables>;
export type MediaConfig = Settings<typeof mediaVariables>;
export type SandboxConfig = Settings<typeof sandboxVariables>;
export type CliConfig = Settings<typeof cliVariables>;

/** Each reads its app's settings; throws `config_invalid` naming every variable that is missing or wrong. */
export const apiConfig = (environment: Environment = process.env): ApiConfig => readSettings(apiVariables, environment);
export const workerConfig = (environment: Environment = process.env): WorkerConfig =>
  readSettings(workerVariables, environment);
export const mediaConfig = (environment: Environment = process.env): MediaConfig =>
  readSettings(mediaVariables, environment);
export const sandboxConfig = (environment: Environment = process.env): SandboxConfig =>
  readSettings(sandboxVariables, environment);
export const cliConfig = (environment: Environment = process.env): CliConfig => readSettings(cliVariables, environment);

/** Every app's variables, for the configuration reference. */
export const allVariables = {
  api: apiVariables,
  worker: workerVariables,
  media: mediaVariables,
  sandbox: sandboxVariables,
  cli: cliVariables,
} as const;
