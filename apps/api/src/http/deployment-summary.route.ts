import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import type { OpenAPIObject } from "@nestjs/swagger";
import { AppError } from "@tandem/kernel";
import type { ApiConfig } from "@tandem/config";
import type { ControlStore } from "@tandem/ports/store/control";
import { describeError } from "@tandem/telemetry";
import { type FastifyReply, type FastifyRequest } from "fastify";
import { requireRole } from "../auth/access.guard.ts";
import { Authenticator } from "../auth/authenticator.ts";
import { RequestBudget } from "../auth/request-budget.ts";
import { ingressUrl } from "../presentation/deployment.ts";
import { requireStorable } from "../problem/storable-input.ts";
import { problemOf } from "../problem/problem.filter.ts";

const PATH = "/v1/deployments/:reference/summary";

interface Parts {
  readonly config: ApiConfig;
  readonly store: ControlStore;
}

interface Guards {
  readonly authenticator: Authenticator;
  readonly budget: RequestBudget;
}

type SummaryRequest = FastifyRequest<{ Params: { reference: string } }>;

/**
 * What is live, for whoever asks often (monitors, dashboards, the media fleet's operators): tenant and row in one round trip to the
 * database, beside Nest's pipeline. The same checks as every other route, by the same parts and in the same order.
 */
export function registerSummaryRoute(app: NestFastifyApplication, parts: Parts): void {
  const guards: Guards = { authenticator: app.get(Authenticator), budget: app.get(RequestBudget) };
  app
    .getHttpAdapter()
    .getInstance()
    .get(PATH, async (request: SummaryRequest, reply: FastifyReply) => {
      try {
        return await read(parts, guards, request, reply);
      } catch (error) {
        const problem = problemOf(error, request.id);
        if (problem.status >= 500) request.log.error({ err: describeError(error) }, "request failed");
        return reply.code(problem.status).header("content-type", "application/problem+json").send(problem);
      }
    });
}

async function read({ config, store }: Parts, guards: Guards, request: SummaryRequest, reply: FastifyReply) {
  const actor = await guards.authenticator.actor(request, "read");
  await guards.budget.spend(actor.subject, reply);
  requireRole(actor.roles, "read");
  const { reference } = request.params;
  requireStorable(reference, "/reference");
  const shown = await store.shownDeployment(actor, reference, ingressUrl(config, ""));
  if (shown === null) throw new AppError("not_found", `There is no deployment ${reference}`);
  return reply.header("content-type", "application/json; charset=utf-8").send(shown);
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
