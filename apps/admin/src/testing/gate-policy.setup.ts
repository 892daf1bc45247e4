import type { Schemas } from "../api/generated/schema.ts";

/** A gate policy with nothing but what must be; tests say what theirs has otherwise. */
export const gatePolicy: Schemas["GatePolicy"] = {
  approvals: 0,
  approvers: ["approver"],
  authorMayApprove: false,
  approvalTtlMs: 86_400_000,
  promotion: "automatic",
  promoters: ["operator"],
  bakeMs: 3_600_000,
  strategy: { kind: "blue-green" },
  evidence: null,
  whenLive: "refuse",
  costCap: null,
  mayLoosen: true,
};
