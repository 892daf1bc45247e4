import { z } from "zod";
import { defaultEvidence, EvidencePolicy } from "../evidence/index.ts";
import { ReplayPolicy } from "../replay/index.ts";
import type { Environment } from "../tenant/index.ts";
import { CostCap } from "./cost-cap.ts";
import { Strategy } from "./strategy.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What happens to a rollout that is asked for while another one is live on the deployment. */
export const WhenLive = z.enum(["refuse", "queue"]);
export type WhenLive = z.infer<typeof WhenLive>;

/** What a tenant's rollouts of one environment must pass, and how they move when a request does not say. */
export const GatePolicy = z.strictObject({
  /** How many distinct people must approve the plan; 0: none. */
  approvals: z.int().min(0).max(10),
  /** Roles whose approval counts. */
  approvers: z.array(z.enum(["approver", "tenant-admin"])).min(1),
  /** Whether whoever starts a rollout may be one of its approvers. Never in production. */
  authorMayApprove: z.boolean(),
  /** How long a rollout waits for approval or promotion before it aborts, and how long an approval holds, milliseconds. */
  approvalTtlMs: z
    .int()
    .min(1)
    .max(30 * DAY_MS),
  promotion: z.enum(["automatic", "manual"]),
  /** Roles that may open the last gate. */
  promoters: z.array(z.enum(["approver", "operator", "tenant-admin"])).min(1),
  /** Watch window after the switch, milliseconds. */
  bakeMs: z
    .int()
    .min(0)
    .max(7 * DAY_MS),
  strategy: Strategy,
  /** What calls must show while callers are on the new release; null: the checks of its objects and its ingress only. */
  evidence: EvidencePolicy.nullable(),
  /** Past sessions that are replayed before callers come to the release; absent: none. */
  replay: ReplayPolicy.optional(),
  whenLive: WhenLive,
  /** Null: none. */
  costCap: CostCap.nullable(),
  /**
   * Whether a request may go below `promotion`, `bakeMs`, `strategy`, `evidence`, `replay` and `whenLive`: they are then no more than defaults.
   * Approvals, who gives them, their time to live and the cost cap always bind.
   */
  mayLoosen: z.boolean(),
});
export type GatePolicy = z.infer<typeof GatePolicy>;

const builtIn = (environment: Environment, bakeMs: number): GatePolicy => ({
  approvals: 0,
  approvers: ["approver", "tenant-admin"],
  authorMayApprove: false,
  approvalTtlMs: DAY_MS,
  promotion: "automatic",
  promoters: ["operator", "tenant-admin"],
  bakeMs,
  strategy: { kind: "blue-green" },
  evidence: defaultEvidence[environment],
  whenLive: "refuse",
  costCap: null,
  mayLoosen: true,
});

/** What holds where neither the tenant nor the platform has set a policy: one operator alone can work with it. */
export const builtInPolicies: Readonly<Record<Environment, GatePolicy>> = {
  production: builtIn("production", HOUR_MS),
  staging: builtIn("staging", 10 * 60_000),
  development: builtIn("development", 30_000),
};

/** What makes a policy impossible for an environment; null when nothing does. */
export function policyProblem(environment: Environment, policy: GatePolicy): string | null {
  return environment === "production" && policy.authorMayApprove
    ? "In production nobody approves a rollout of his own: authorMayApprove must be false."
    : null;
}
