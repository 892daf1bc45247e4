import { fileURLToPath } from "node:url";
import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import { AppError } from "@tandem/kernel";
import { type FastifyReply, type FastifyRequest } from "fastify";
import { problemOf } from "../problem/problem.filter.ts";
import { chooseCoding, readSite, type SiteFile, type SiteFiles } from "./site-files.ts";

/** Where the build of apps/admin is, seen from the sources as well as from the build of this app. */
export const ADMIN_SITE = fileURLToPath(new URL("../../../admin/dist/site", import.meta.url));

/** The page loads what comes from here, and nothing else: no inline script or style, no other host, no frame around it. */
export const ADMIN_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** What the API answers itself: below these an unknown address is no page of the UI. */
const OF_THE_API = /^\/(v1|auth|docs|links|openapi\.json|live|ready|metrics|assets)(\/|$)/;

/**
 * The admin UI at every address that is not the API's: its files, and for all other addresses its page, whose router reads the address.
 * Without a build there is nothing to serve, and unknown addresses stay unknown.
 */
export function registerAdminSite(app: NestFastifyApplication, folder: string = ADMIN_SITE): void {
  const site = readSite(folder);
  if (site === null) return;
  app
    .getHttpAdapter()
    .getInstance()
    .get("/*", (request: FastifyRequest, reply: FastifyReply) => {
      const file = fileAt(site, request.url.split("?", 1)[0] ?? "/");
      return file === null ? nothingThere(request, reply) : send(file, request, reply);
    });
}

function fileAt(site: SiteFiles, path: string): SiteFile | null {
  const file = site.get(path);
  if (file !== undefined) return file;
  return OF_THE_API.test(path) ? null : (site.get("/index.html") ?? null);
}

function send(file: SiteFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  void reply.headers({
    "content-type": file.contentType,
    "content-security-policy": ADMIN_POLICY,
    "cache-control": file.isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
    etag: file.etag,
    vary: "accept-encoding",
  });
  if (request.headers["if-none-match"] === file.etag) return reply.code(304).send();
  const coding = chooseCoding(file, request.headers["accept-encoding"]);
  if (coding !== "identity") void reply.header("content-encoding", coding);
  return reply.send(file.bodies[coding]);
}

function nothingThere(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(new AppError("not_found", `There is nothing at ${request.url}`), request.id);
  return reply.code(problem.status).header("content-type", "application/problem+json").send(problem);
}
