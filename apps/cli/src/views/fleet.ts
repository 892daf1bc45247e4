import type { FleetMember, FleetPlan, FleetRollout, FleetRolloutDetail } from "@tandem/contracts";
import type { Paint } from "@tandem/domain/plan";
import { counted } from "@tandem/kernel";
import { table, when } from "./table.ts";

const MOST_NAMED = 20;

/** Waves with their members, and who is left out. */
export function fleetPlanWords({ waves, leftOut }: FleetPlan, paint: Paint): string {
  const blocks = waves.map(({ name, limits, members }, position) => {
    const budget =
      "count" in limits.budget ? counted(limits.budget.count, "failure") : `${limits.budget.share * 100} % failures`;
    const head = `${position + 1}. ${name}: ${counted(members.length, "deployment")}, ${limits.concurrency} at a time (${limits.perTenant} of one tenant), pauses beyond ${budget}, then watched for ${limits.bakeMs / 1000} s`;
    return [
      paint("title", head),
      ...named(members.map((one) => `${one.tenant}/${one.name} (${one.environment})`)),
    ].join("\n");
  });
  const out = leftOut.map(({ member, text }) => `${member.tenant}/${member.name}: ${text}`);
  if (out.length > 0) blocks.push([paint("title", `Left out: ${out.length}`), ...named(out)].join("\n"));
  return blocks.length === 0 ? "No deployment is meant." : blocks.join("\n");
}

function named(lines: readonly string[]): readonly string[] {
  const shown = lines.slice(0, MOST_NAMED).map((line) => `   ${line}`);
  return lines.length > MOST_NAMED ? [...shown, `   and ${lines.length - MOST_NAMED} more (--json lists all)`] : shown;
}

export const fleetTable = (fleets: readonly FleetRollout[]): string =>
  table(
    ["playbook", "version", "state", "reason", "began", "id"],
    fleets.map((one) => [one.playbook, one.version, one.state, one.reason?.code ?? "–", when(one.createdAt), one.id]),
  );

/** One fleet rollout with its waves and members by state. */
export function fleetStatus(fleet: FleetRolloutDetail, paint: Paint): string {
  const tone = fleet.state === "paused" || fleet.state === "aborting" ? "warning" : "good";
  const lines = [`${fleet.playbook}@${fleet.version}  ${paint(tone, fleet.state)}  ${fleet.id}`];
  if (fleet.reason !== null)
    lines.push(`  ${fleet.reason.code}: ${fleet.reason.detail}`, `  ${fleet.reason.nextAction}`);
  const rows = fleet.waves.map(({ name, state, size, bakeUntil, counts, position }) => [
    position === fleet.wavePosition ? `> ${name}` : `  ${name}`,
    state === "baking" ? `baking until ${when(bakeUntil)}` : state,
    String(size),
    Object.entries(counts)
      .map(([member, count]) => `${count} ${member}`)
      .join(", "),
  ]);
  return [...lines, table(["  wave", "state", "size", "members"], rows)].join("\n");
}

export const memberTable = (members: readonly FleetMember[]): string =>
  table(
    ["wave", "state", "reason", "tenant", "deployment", "rollout", "detail"],
    members.map((one) => [
      String(one.wavePosition + 1),
      one.state,
      one.reason ?? "–",
      one.tenantId,
      one.deploymentId,
      one.rolloutId ?? "–",
      one.detail ?? "",
    ]),
  );
