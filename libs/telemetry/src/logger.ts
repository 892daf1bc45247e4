import { AppError, VendorError } from "@tandem/kernel";
import { type Logger, pino } from "pino";

export type { Logger } from "pino";

/** How a process logs. */
export interface LoggerOptions {
  /** `api`, `worker`, `media`, `sandbox`. */
  readonly app: string;
  readonly level: string;
  /** For people instead of JSON lines. */
  readonly isPretty: boolean;
}

/** Members that never reach a line, whatever logs them: the second net behind `Secret`. */
const REDACTED = [
  "authorization",
  "cookie",
  "password",
  "secret",
  "secrets",
  "token",
  "apiKey",
  "privateKey",
  "sealed",
  "*.authorization",
  "*.cookie",
  "*.password",
  "*.secret",
  "*.secrets",
  "*.token",
  "*.apiKey",
  "*.privateKey",
  "*.sealed",
  "req.headers",
  "res.headers",
  "config.headers",
  "*.config.headers",
];

/** A pino logger on stdout whose errors are reduced to an allowlist: no request, header or body of an SDK error is ever printed. */
export function makeLogger(options: LoggerOptions): Logger {
  return pino({
    name: options.app,
    level: options.level,
    redact: { paths: REDACTED, censor: "[redacted]" },
    serializers: { err: describeError, error: describeError },
    ...(options.isPretty
      ? {
          transport: {
            target: "pino-pretty",
            options: { singleLine: true, ignore: "pid,hostname,name", messageFormat: `[${options.app}] {msg}` },
          },
        }
      : {}),
  });
}

/** What a log line says of an error. */
export type DescribedError = { readonly type: string; readonly message: string; readonly [member: string]: unknown };

/** The safe part of an error: ours whole, everybody else's name, code, message and stack. */
export function describeError(error: unknown): DescribedError {
  if (error instanceof VendorError) {
    return { type: error.name, code: error.code, message: error.message, facts: error.facts };
  }
  if (error instanceof AppError) {
    return {
      type: error.name,
      code: error.code,
      message: error.message,
      details: error.details,
      ...stackOf(error),
      ...causeOf(error),
    };
  }
  if (!(error instanceof Error)) return { type: typeof error, message: "a value that is no error was thrown" };
  const code = (error as { code?: unknown }).code;
  return {
    type: error.name,
    message: firstLines(error.message),
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    ...stackOf(error),
    ...causeOf(error),
  };
}

const causeOf = (error: Error) => (error.cause instanceof Error ? { cause: describeError(error.cause) } : {});

/** Prisma's uncaught errors quote 20 KB of minified source; the first lines tell. */
const firstLines = (text: string): string => (text.length <= 600 ? text : `${text.slice(0, 600)}…`);

const stackOf = (error: Error) =>
  error.stack === undefined ? {} : { stack: error.stack.split("\n").slice(1, 8).join("\n") };
