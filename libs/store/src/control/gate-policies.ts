import { policyProblem } from "@tandem/domain/gate";
import { AppError } from "@tandem/kernel";
import type { ControlStore } from "@tandem/ports/store/control";
import { readGatePolicy } from "../gates/gate-policy-row.ts";
import { type ControlContext, tenantOf } from "./context.ts";
import { plainChange } from "./plain-change.ts";

// Creates version 1 over an absent row (version 0), else raises the version that was expected; no row when it was another.
const PUT = `
  INSERT INTO gate_policy (tenant_id, environment, policy, version, updated_by) SELECT $1::uuid, $2, $3::jsonb, 1, $4 WHERE $5::int = 0
  ON CONFLICT DO NOTHING`;
const REPLACE = `
  UPDATE gate_policy SET policy = $3::jsonb, version = version + 1, updated_by = $4, updated_at = clock_timestamp()
  WHERE tenant_id = $1::uuid AND environment = $2 AND version = $5::int`;

export function gatePolicyMethods(context: ControlContext): Pick<ControlStore, "gatePolicy" | "putGatePolicy"> {
  return {
    gatePolicy: async (actor, environment) =>
      plainChange(context, actor, ({ sql }) => readGatePolicy(sql, tenantOf(actor), environment)),
    putGatePolicy: async (actor, environment, policy, expectedVersion) => {
      const problem = policyProblem(environment, policy);
      if (problem !== null) throw new AppError("invalid_input", problem, { details: { field: "authorMayApprove" } });
      const tenantId = tenantOf(actor);
      return plainChange(context, actor, async ({ sql, audit }) => {
        const before = await readGatePolicy(sql, tenantId, environment);
        const parameters = [tenantId, environment, JSON.stringify(policy), actor.subject, expectedVersion];
        const written = await sql.run(expectedVersion === 0 ? PUT : REPLACE, parameters);
        if (written === 0) throw new AppError("precondition_failed", "The policy changed since it was read.");
        audit({
          action: "gate-policy.changed",
          object: `gate-policy/${environment}`,
          before: { ...before.policy } as never,
          after: { ...policy } as never,
        });
        return { environment, policy, source: "own", version: expectedVersion + 1 };
      });
    },
  };
}
