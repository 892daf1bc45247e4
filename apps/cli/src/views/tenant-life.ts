import { counted } from "@tandem/kernel";
import type { ConnectionDetail, OffBoarding, OffBoardingPlan } from "@tandem/contracts";
import { table, when } from "./table.ts";

/** What an off-boarding would do, for people. */
export function offBoardingPlan(plan: OffBoardingPlan): string {
  const objects = plan.deployments.flatMap(({ name, objects: found }) =>
    found.map(({ address, slot, vendor, what, why }) => [name, address, slot ?? "-", vendor, what, why]),
  );
  const erased = Object.entries(plan.erased).map(([name, rows]) => `${rows} ${name}`);
  const credentials = plan.revoked.credentials.map(({ name, vendor }) => `${name} (${vendor})`);
  return [
    `Tenant ${plan.tenant.slug} is ${plan.tenant.status}; ${counted(plan.liveCalls, "call")} in progress, which ${plan.liveCalls === 1 ? "ends" : "end"} first.`,
    objects.length === 0
      ? "Nothing is at vendors."
      : table(["deployment", "object", "slot", "vendor", "what", "why"], objects),
    `Revoked: ${plan.revoked.apiKeys} API keys; credentials ${credentials.length === 0 ? "none" : credentials.join(", ")}`,
    `Erased: ${erased.join(", ")}`,
    `Kept: ${plan.kept.join("; ")}`,
    `To begin: tandem tenants off-board ${plan.tenant.id} --confirm ${plan.confirm} --reason "…"`,
  ].join("\n");
}

/** How far it is, and what it waits for. */
export function offBoardingState(found: OffBoarding): string {
  const { waitsFor, report } = found;
  const lines = [`Off-boarding ${found.id}: ${found.phase} (asked for by ${found.askedBy}: ${found.why})`];
  if (waitsFor !== null) lines.push(`Waits: ${waitsFor.summary} (${waitsFor.detail}). Next: ${waitsFor.nextAction}`);
  if (report !== null)
    lines.push(`Ended ${when(found.endedAt)}; proof ${found.reportHash}`, JSON.stringify(report, null, 2));
  return lines.join("\n");
}

/** A connection with the life of its credentials. */
export const connectionDetail = (connection: ConnectionDetail): string =>
  [
    `${connection.name} (${connection.id}): ${connection.vendor}, ${connection.endpoint}`,
    connection.credentials.length === 0
      ? "No credential is stored."
      : table(
          ["version", "state", "since", "stored by", "detail"],
          connection.credentials.map(({ version, state, since, storedBy, detail }) => [
            String(version),
            state,
            when(since),
            storedBy,
            detail ?? "",
          ]),
        ),
  ].join("\n");
