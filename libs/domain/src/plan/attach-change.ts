import type { JsonObject } from "@tandem/kernel";
import { isSameJson } from "./json-equality.ts";
import type { Change } from "./change.ts";
import { reason } from "./change-reason.ts";
import { diffFields } from "./field-diff.ts";
import { masked } from "./field-provenance.ts";
import type { RoutingFacts } from "./plan-input.ts";
import { keyFor, type Planning } from "./planning.ts";
import { planningFinding } from "./planning-finding.ts";

/** Plans the number's way to our ingress: once, at the first switch; afterwards only when somebody has re-pointed it. */
export function planAttach(planning: Planning, routing: RoutingFacts): void {
  const { input } = planning;
  const resource = input.bundle.resources.find((one) => one.address === routing.address);
  const connection = input.bundle.connections[resource?.role ?? "telephony"];
  if (connection === undefined) return;
  const binding = planning.bindings.get(routing.address);
  const owner = resource?.owner ?? "deployment";
  if (routing.observed === null) missNumber(planning, routing.address, connection.vendor);
  planning.changes.push({
    address: routing.address,
    kind: resource?.kind ?? routing.address.replace(/\/.*/, ""),
    vendor: connection.vendor,
    connectionId: connection.connectionId,
    owner,
    slot: null,
    stage: "attach",
    ...routingDecision(routing),
    externalKey:
      binding?.externalKey ?? keyFor(input, owner, connection.connectionId, planning.target, routing.address),
    externalId: numberId(routing.observed) ?? binding?.externalId ?? null,
    before: routing.observed,
    after: routing.wanted,
    dependsOn: resource?.dependsOn ?? [],
  });
  planning.outcomes.set(routing.address, {
    externalId: numberId(routing.observed) ?? binding?.externalId ?? null,
    version: null,
  });
}

/** Nothing can be pointed anywhere: said once, in preflight's words where it has seen the same. */
function missNumber({ findings, input }: Planning, address: string, vendor: string): void {
  if (input.findings.some((known) => known.severity === "error" && known.address === address)) return;
  findings.push(planningFinding("object-missing", address, `The ${vendor} account does not own the number.`));
}

const numberId = (routing: JsonObject | null): string | null =>
  typeof routing?.["numberId"] === "string" ? routing["numberId"] : null;

function routingDecision(
  routing: RoutingFacts,
): Pick<Change, "action" | "reason" | "risk" | "reversible" | "fields"> & { callerEffect?: string } {
  const { observed, wanted, isAttached } = routing;
  if (isAttached && observed !== null && isSameJson(observed, wanted)) {
    return {
      action: "no-op",
      reason: reason("attached", "points at our ingress already"),
      risk: "none",
      reversible: "yes",
      fields: [],
    };
  }
  const fields = masked(
    diffFields(observed ?? {}, wanted).map((field) =>
      field.after === undefined ? field : { ...field, source: "system" as const },
    ),
  );
  return {
    action: "update",
    reason: isAttached
      ? reason("routing-drifted", "the number was pointed elsewhere outside Tandem; it is pointed at our ingress again")
      : reason(
          "first-attach",
          `the number's calls come to Tandem for the first time; detach restores where they go today${overridden(observed)}`,
        ),
    risk: "high",
    reversible: "yes",
    fields,
    callerEffect: isAttached ? "calls reach Tandem again" : "calls are answered by Tandem from the switch on",
  };
}

/** Names what stops ruling the number when its voice URL is set. */
function overridden(observed: JsonObject | null): string {
  if (observed?.["trunkId"]) return "; its trunk is dropped";
  return observed?.["applicationId"] ? "; its carrier application no longer rules it" : "";
}
