import type { INestApplication } from "@nestjs/common";
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from "@nestjs/swagger";
import { Problem } from "@tandem/contracts";
import { z } from "zod";
import { documentSummaryRoute } from "./http/deployment-summary.route.ts";

type Operation = NonNullable<OpenAPIObject["paths"][string]["get"]>;

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

/** The OpenAPI 3.1 document: what Nest derives from the routes, and what holds for all of them. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const document = SwaggerModule.createDocument(app, description());
  const {
    $schema: _schema,
    id: _id,
    ...problem
  } = z.toJSONSchema(Problem, { io: "output" }) as Record<string, unknown>;
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: problem },
  };
  documentSummaryRoute(document);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS)
      if (item[method] !== undefined) complete(item[method], path.startsWith("/auth/") ? null : method);
  }
  return document;
}

const description = () =>
  new DocumentBuilder()
    .setOpenAPIVersion("3.1.0")
    .setTitle("Tandem")
    .setDescription(
      "Deploys voice-AI playbooks blue/green. Every POST needs an Idempotency-Key; errors are RFC 9457 problem documents.",
    )
    .setVersion("1")
    .addBearerAuth({ type: "http", scheme: "bearer", description: "An API key." })
    .addSecurityRequirements("bearer")
    .addCookieAuth(
      "__Host-tandem-session",
      { type: "apiKey", description: "A person's session, from our own page only, with `Tandem-Tenant: <slug>`." },
      "session",
    )
    .addSecurityRequirements("session")
    .build();

/** Every operation may answer a problem; every POST takes an Idempotency-Key, but those of signing in (null), where nobody is known yet. */
function complete(operation: Operation, method: (typeof METHODS)[number] | null): void {
  operation.responses["default"] = {
    description: "A problem (RFC 9457); `code` is stable and listed in docs/errors.md.",
    content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
  };
  if (method !== "post") return;
  operation.parameters = [
    ...(operation.parameters ?? []),
    {
      name: "Idempotency-Key",
      in: "header",
      required: true,
      description: "The same key with the same body answers what the first request answered.",
      schema: { type: "string", minLength: 1, maxLength: 255 },
    },
  ];
}
