import { type ConfigurationText, readConfigurationText, writeConfigurationText } from "@tandem/domain/manifest";
import { AppError, type Json } from "@tandem/kernel";
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { type InvalidInput, type InvalidPlace, invalidManifest } from "../problem/invalid-input.ts";

/** Routes that take a document as YAML beside JSON: what people configure by hand. */
const ROUTES = /^\/v1\/(deployments\/[^/]+\/configuration(\/validate)?|overlays\/[^/]+)$/;
const TYPES = ["application/yaml", "text/yaml"];

type ReadText = Extract<ConfigurationText, { ok: true }>;

const texts = new WeakMap<FastifyRequest, ReadText>();

/** Reads bodies of YAML as JSON, and remembers where everything stood. Throws `invalid_input` with places. */
export function readYamlBodies(server: FastifyInstance): void {
  server.addContentTypeParser(TYPES, { parseAs: "string" }, async (request: FastifyRequest, body: string) => {
    const path = request.url.split("?")[0] ?? "";
    if (!ROUTES.test(path)) throw new AppError("unsupported_media_type", "This route takes JSON");
    const text = readConfigurationText("configuration.yaml", body);
    if (!text.ok) throw invalidManifest(text.diagnostics, "invalid_input");
    texts.set(request, text);
    return text.value;
  });
}

/** An answer as JSON, or `document` as YAML for a client that asks for it: what the same route takes back. */
export function inWantedForm<Answer>(
  reply: FastifyReply,
  accept: string | undefined,
  answer: Answer,
  document: object,
): Answer | string {
  if (accept === undefined || !TYPES.some((type) => accept.includes(type))) return answer;
  void reply.header("content-type", "text/yaml; charset=utf-8");
  return writeConfigurationText(document as Json);
}

/** Line and column of a JSON pointer in the YAML that was sent; null when JSON was. */
export function positionInBody(request: FastifyRequest, pointer: string): { line: number; column: number } | null {
  const text = texts.get(request);
  if (text === undefined || (pointer !== "" && !pointer.startsWith("/"))) return null;
  const { line, column } = text.positionOf(pathOf(pointer));
  return { line, column };
}

const pathOf = (pointer: string): (string | number)[] =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d{1,6}$/.test(part) ? Number(part) : part));

/** The places of an error, with line and column where YAML was sent. */
export const placesInBody = (
  request: FastifyRequest,
  error: InvalidInput,
): readonly (InvalidPlace & { line?: number; column?: number })[] =>
  error.places.map((place) => ({ ...place, ...positionInBody(request, place.path) }));
