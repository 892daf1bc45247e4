import { z } from "zod";
import { durationMs, flag, json, optional, postgresUrl, ratio, secret, text, url } from "./value.ts";
import type { Variable } from "./variable.ts";

const variable = <Value>(
  name: string,
  schema: z.ZodType<Value, string>,
  meaning: string,
  fallback?: string,
): Variable<Value> => ({
  name,
  meaning,
  schema: schema,
  ...(fallback === undefined ? {} : { fallback }),
});

export { variable };

/** Origins of the sandbox's emulators by vendor, e.g. `{"twilio":"http://127.0.0.1:4701"}`. */
export const SandboxOrigins = z.record(z.string(), z.string());

/** Variables that more than one process reads. */
export const platform = {
  databaseUrl: variable("DATABASE_URL", postgresUrl, "PostgreSQL as this process's own login role (not the owner)."),
  directDatabaseUrl: variable(
    "TANDEM_DIRECT_DATABASE_URL",
    optional(postgresUrl),
    "PostgreSQL without a transaction pooler in between, for LISTEN and the queue; empty uses DATABASE_URL.",
    "",
  ),
  redisUrl: variable("REDIS_URL", optional(text), "Redis for the queue; empty keeps the queue in PostgreSQL.", ""),
  publicUrl: variable(
    "TANDEM_PUBLIC_URL",
    url,
    "Where carriers and agents reach the media service from outside, without a path.",
    "http://127.0.0.1:4100",
  ),
  fallbackUrl: variable(
    "TANDEM_FALLBACK_URL",
    optional(url),
    "A carrier document outside the media service's failure domain, used as the number's fallback; empty uses the media service's own fallback address.",
    "",
  ),
  logLevel: variable(
    "TANDEM_LOG_LEVEL",
    z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]),
    "Least severe level that is logged.",
    "info",
  ),
  logPretty: variable("TANDEM_LOG_PRETTY", flag, "Logs for people instead of JSON lines.", "false"),
  sandboxOrigins: variable(
    "TANDEM_SANDBOX_ORIGINS",
    json(SandboxOrigins),
    'Addresses of the vendor sandbox as JSON, e.g. {"twilio":"http://127.0.0.1:4701"}; {} refuses sandbox connections.',
    "{}",
  ),
  installKey: variable(
    "TANDEM_INSTALL_KEY",
    secret,
    "Secret from which external keys are made; never change it, or our own vendor objects are not recognised.",
  ),
  ticketKey: variable(
    "TANDEM_TICKET_KEY",
    secret,
    "Secret that signs tickets, call stamps and the last-known-good file; the same in worker and media.",
  ),
  talkKey: variable(
    "TANDEM_TALK_KEY",
    optional(secret),
    "Secret with which the API asks a media node for an address to talk to a slot from a browser, the same for API and media; empty: only `tandem-media talk` makes them.",
    "",
  ),
  otlpUrl: variable(
    "TANDEM_OTLP_URL",
    optional(url),
    "Origin of an OpenTelemetry collector (OTLP over HTTP, e.g. http://127.0.0.1:4318) that gets a trace of each call and rollout; empty makes none.",
    "",
  ),
  nodeGoneMs: variable(
    "TANDEM_NODE_GONE_MS",
    durationMs,
    "A media node that has told nothing for this long counts as gone: what its callers may use is kept for it no longer. The same for worker and media.",
    "3600000",
  ),
  traceRatio: variable("TANDEM_TRACE_RATIO", ratio, "Share of calls and rollouts that are traced, 0 to 1.", "1"),
  auditPublicKey: variable(
    "TANDEM_AUDIT_PUBLIC_KEY",
    optional(text),
    "Public JWK (Ed25519) of the workers' checkpoint key, or a JSON array while keys rotate, the one in force first; empty: the API verifies no checkpoint, and a worker those of its own key only.",
    "",
  ),
  apiUrl: variable(
    "TANDEM_API_URL",
    optional(url),
    "Where people reach the API, for the links of one use that go to mail and chat; empty: links made by hand lead to 127.0.0.1 and the API's port, and messages carry none.",
    "",
  ),
  linkKey: variable(
    "TANDEM_LINK_KEY",
    optional(secret),
    "Secret that signs links of one use, the same for API and worker; empty: the API takes TANDEM_KEY_PEPPER, and messages carry none. Changing it ends every link.",
    "",
  ),
  webhookLoopback: variable(
    "TANDEM_WEBHOOK_LOOPBACK",
    flag,
    "Development only: webhooks may go to plain http on this machine's loopback addresses.",
    "false",
  ),
  s3Url: variable(
    "TANDEM_S3_URL",
    optional(url),
    "S3-compatible endpoint with the bucket as its path, for recordings, pre-rendered audio and audit checkpoints; empty keeps them in folders.",
    "",
  ),
  s3Region: variable("TANDEM_S3_REGION", text, "Region that requests to the bucket are signed for.", "us-east-1"),
  s3AccessKeyId: variable("TANDEM_S3_ACCESS_KEY_ID", optional(text), "Access key of the bucket.", ""),
  s3SecretAccessKey: variable("TANDEM_S3_SECRET_ACCESS_KEY", optional(secret), "Secret of that access key.", ""),
  faultPoint: variable(
    "TANDEM_FAULT",
    optional(text),
    "Test only: kills this process with SIGKILL at the named fault point, `<point>` or `<point>#<n>` for the n-th time.",
    "",
  ),
} as const;
