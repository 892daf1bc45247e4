import "reflect-metadata";
import type { LoggerService } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import { AppError } from "@tandem/kernel";
import { type OpenAPIObject, SwaggerModule } from "@nestjs/swagger";
import type { Logger } from "@tandem/telemetry";
import { type FastifyReply, type FastifyRequest } from "fastify";
import { registerAdminSite } from "./admin/site.route.ts";
import { type ApiParts, AppModule } from "./app.module.ts";
import { describeApi } from "./documentation.ts";
import { registerProviderPages } from "./auth/provider-pages.route.ts";
import { ApiMetrics } from "./telemetry/api-metrics.ts";
import { readYamlBodies } from "./yaml/yaml-body.ts";
import { registerLinkPages } from "./links/link-page.route.ts";
import { problemOf } from "./problem/problem.filter.ts";
import { StorableInput } from "./problem/storable-input.ts";
import { registerSummaryRoute } from "./http/deployment-summary.route.ts";

const BODY_LIMIT_BYTES = 1024 * 1024;

/** Builds the HTTP application; it listens nowhere yet. */
export async function createApp(
  parts: ApiParts,
  logger: Logger,
): Promise<{ app: NestFastifyApplication; document: OpenAPIObject }> {
  const adapter = new FastifyAdapter({
    loggerInstance: logger,
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 256 },
    frameworkErrors: nothingThere,
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(parts), adapter, {
    logger: nestLogger(logger),
    abortOnError: false,
  });
  app.useGlobalInterceptors(new StorableInput());
  app.enableShutdownHooks(["SIGTERM", "SIGINT"], { useProcessExit: true });
  secureHeaders(adapter);
  readYamlBodies(adapter.getInstance());
  app.get(ApiMetrics).watch(adapter.getInstance());
  registerSummaryRoute(app, parts);
  registerLinkPages(app, parts, logger);
  registerProviderPages(app, parts, logger);
  const document = describeApi(app);
  SwaggerModule.setup("docs", app, document, { raw: false });
  app
    .getHttpAdapter()
    .get("/openapi.json", (_request: unknown, reply: { send(body: unknown): void }) => reply.send(document));
  registerAdminSite(app);
  return { app, document };
}

/** For addresses that cannot be read or whose parts are too long for any of ours: the router never gets as far as Nest. */
function nothingThere(_error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(new AppError("not_found", "This address cannot be read"), request.id);
  void reply.code(problem.status).header("content-type", "application/problem+json").send(problem);
}

/** Nothing may be framed or sniffed, and nothing cached that does not say so; the documentation page loads its own files only. */
function secureHeaders(adapter: FastifyAdapter): void {
  adapter.getInstance().addHook("onSend", (request, reply, _payload, done) => {
    const isPage = request.url.startsWith("/docs");
    void reply.headers({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "x-frame-options": "DENY",
      ...(reply.hasHeader("content-security-policy")
        ? {}
        : {
            "content-security-policy": isPage
              ? "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
              : "default-src 'none'; frame-ancestors 'none'",
          }),
      ...(isPage || reply.hasHeader("cache-control") ? {} : { "cache-control": "no-store" }),
    });
    done();
  });
}

/** Nest's own lines through the same logger. */
function nestLogger(logger: Logger): LoggerService {
  const at =
    (level: "debug" | "error" | "fatal" | "trace" | "warn") =>
    (message: unknown): void =>
      logger[level](
        message instanceof Error ? { err: message } : {},
        String(message instanceof Error ? message.message : message),
      );
  return {
    log: at("debug"),
    error: at("error"),
    warn: at("warn"),
    debug: at("trace"),
    verbose: at("trace"),
    fatal: at("fatal"),
  };
}
