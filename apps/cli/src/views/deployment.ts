import type { DeploymentDetail, DeploymentSummary } from "@tandem/contracts";
import type { Paint } from "@tandem/domain/plan";
import { table, when } from "./table.ts";

export const deploymentTable = (deployments: readonly DeploymentSummary[]): string =>
  table(
    ["name", "playbook", "environment", "number", "live", "generation", "rollout"],
    deployments.map((deployment) => [
      deployment.name,
      deployment.playbook,
      deployment.environment,
      deployment.number ?? "–",
      pointerWord(deployment.pointer),
      String(deployment.pointer.generation),
      deployment.liveRollout === null ? "–" : `${deployment.liveRollout.phase} ${deployment.liveRollout.id}`,
    ]),
  );

/** What new calls follow, in one word. */
export const pointerWord = (pointer: DeploymentSummary["pointer"]): string => {
  const share = pointer.candidate === null ? "" : `, ${pointer.weightBp / 100} % to ${pointer.candidate}`;
  return `${pointer.active}${share}${pointer.mode === "diverted" ? ", diverted to a person" : ""}`;
};

/** One deployment with both slots and the way back. */
export function deploymentStatus(deployment: DeploymentDetail, paint: Paint): string {
  const slots = Object.values(deployment.slots).map((slot) => [
    slot.slot,
    slot.state,
    slot.bundleHash?.slice(0, 12) ?? "–",
    String(slot.liveCalls),
    slot.state === "empty" ? "–" : slot.intact ? `intact, seen ${when(slot.verifiedAt)}` : "NOT intact",
  ]);
  const { wayBack } = deployment;
  return [
    paint("title", `${deployment.name}  ${deployment.playbook}, ${deployment.environment}`),
    `  number      ${deployment.number ?? "none"}${deployment.attached ? " (attached)" : ""}`,
    `  ingress     ${deployment.ingressUrl}`,
    `  new calls   ${paint(deployment.pointer.mode === "diverted" ? "warning" : "good", pointerWord(deployment.pointer))}, generation ${deployment.pointer.generation}`,
    `  way back    ${wayBack.possible ? paint("good", `one command: tandem rollback ${deployment.name}`) : paint("muted", wayBack.reason ?? "none")}`,
    ...safetyNetLines(deployment.safetyNet, paint),
    `  rollout     ${deployment.liveRollout === null ? "none" : `${deployment.liveRollout.phase}  ${deployment.liveRollout.id}`}`,
    "",
    table(["slot", "state", "release", "calls", "vendor objects"], slots),
  ].join("\n");
}

/** Only where a vendor holds the number. */
function safetyNetLines(net: DeploymentDetail["safetyNet"], paint: Paint): string[] {
  if (net === null) return [];
  if (net.state === "in-step") return [`  safety net  ${paint("good", "the number's vendor follows the pointer")}`];
  const why = net.failure === null ? "" : `: ${net.failure}`;
  return [`  safety net  ${paint("warning", `lagging since ${when(net.since)}${why}`)}`];
}
