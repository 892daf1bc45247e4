import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from "@nestjs/common";
import { AppError, type ErrorCode, errorCatalog } from "@tandem/kernel";
import { describeError } from "@tandem/telemetry";
import { type FastifyReply, type FastifyRequest } from "fastify";
import { placesInBody } from "../yaml/yaml-body.ts";
import { fixOf } from "./fix.ts";
import { InvalidInput } from "./invalid-input.ts";

const STATUS_CODES: Readonly<Record<number, ErrorCode>> = {
  400: "malformed_body",
  404: "not_found",
  405: "method_not_allowed",
  413: "payload_too_large",
  415: "unsupported_media_type",
  429: "rate_limited",
};

/** Turns whatever was thrown into a problem document (RFC 9457). Causes go to the log, never to the client. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = {
      ...problemOf(thrown, request.id),
      ...(thrown instanceof InvalidInput ? { errors: placesInBody(request, thrown) } : {}),
    };
    if (problem.status >= 500) request.log.error({ err: describeError(thrown) }, "request failed");
    if (reply.sent || reply.raw.headersSent) return;
    void reply
      .code(problem.status)
      .header("content-type", "application/problem+json")
      .header("cache-control", "no-store")
      .send(problem);
  }
}

/** The problem document of an error. */
export function problemOf(thrown: unknown, traceId: string) {
  const error = thrown instanceof AppError ? thrown : foreign(thrown);
  const entry = errorCatalog[error.code];
  return {
    type: `urn:tandem:error:${error.code}`,
    title: entry.title,
    status: entry.status,
    code: error.code,
    detail: error.message,
    fix: fixOf(error),
    instance: traceId,
    ...(error instanceof InvalidInput ? { errors: error.places } : {}),
    ...(Object.keys(error.details).length > 0 ? { details: error.details } : {}),
  };
}

function foreign(thrown: unknown): AppError {
  const status =
    thrown instanceof HttpException
      ? thrown.getStatus()
      : ((thrown as { statusCode?: number } | null)?.statusCode ?? 500);
  const code = STATUS_CODES[status];
  if (code === undefined) return new AppError("internal", "The request could not be completed", { cause: thrown });
  return new AppError(code, errorCatalog[code].title);
}
