import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import type { OpenAPIObject } from "@nestjs/swagger";
import { AppError } from "@tandem/kernel";
import type { ApiConfig } from "@tandem/config";
import type { ControlStore } from "@tandem/ports/store/control";
import { hashApiKeySecret } from "@tandem/secrets";
import { describeError } from "@tandem/telemetry";
import { type FastifyReply, type FastifyRequest } from "fastify";
import { requireRole } from "../auth/access.guard.ts";
import { presentedKey } from "../auth/presented-key.ts";
import { RequestBudget } from "../auth/request-budget.ts";
import { presentSummary } from "../presentation/deployment.ts";
import { problemOf } from "../problem/problem.filter.ts";

const PATH = "/v1/deployments/:reference/summary";

interface Parts {
  readonly config: ApiConfig;
  readonly store: ControlStore;
}

type SummaryRequest = FastifyRequest<{ Params: { reference: string } }>;

/**
 * What is live, for whoever asks often (monitors, dashboards, the media fleet's operators): key check, tenant and row in one round
 * trip to the database, beside Nest's pipeline. The same checks as every other route, in the same order.
 */
export function registerSummaryRoute(app: NestFastifyApplication, parts: Parts): void {
  const budget = app.get(RequestBudget);
  app
    .getHttpAdapter()
    .getInstance()
    .get(PATH, async (request: SummaryRequest, reply: FastifyReply) => {
      try {
        return await read(parts, budget, request, reply);
      } catch (error) {
        const problem = problemOf(error, request.id);
        if (problem.status >= 500) request.log.error({ err: describeError(error) }, "request failed");
        return reply.code(problem.status).header("content-type", "application/problem+json").send(problem);
      }
    });
}

async function read({ config, store }: Parts, budget: RequestBudget, request: SummaryRequest, reply: FastifyReply) {
  const key = presentedKey(request.headers.authorization);
  const found = await store.readDeploymentByKey(
    key.keyId,
    hashApiKeySecret(config.keyPepper, key.secret),
    request.params.reference,
  );
  if (found === null) throw new AppError("unauthenticated", "The API key is unknown, expired or revoked");
  await budget.spend(`key:${key.keyId}`, reply);
  requireRole(found.identity.roles, "read");
  if (found.deployment === null) throw new AppError("not_found", `There is no deployment ${request.params.reference}`);
  return presentSummary(config, found.deployment);
}

/** The route's entry in the document, which Nest cannot derive. */
export function documentSummaryRoute(document: OpenAPIObject): void {
  document.paths["/v1/deployments/{reference}/summary"] = {
    get: {
      operationId: "DeploymentSummary_read",
      summary: "What is live, in one round trip: for whoever asks often.",
      tags: ["deployments"],
      parameters: [
        { name: "reference", in: "path", required: true, description: "Id or name.", schema: { type: "string" } },
      ],
      responses: {
        "200": {
          description: "",
          content: { "application/json": { schema: { $ref: "#/components/schemas/DeploymentSummary" } } },
        },
      },
    },
  };
}
