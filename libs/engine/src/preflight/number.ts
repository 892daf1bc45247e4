import type { Finding } from "@tandem/domain/plan";
import type { BundleResource } from "@tandem/domain/release";
import type { NumberRouting } from "@tandem/ports/telephony";
import { describeRouting, isSameRouting } from "../executor/routing-step.ts";
import { numberResource, wantedRouting } from "../observe/routing.ts";
import { ask } from "./ask.ts";
import { finding } from "./finding.ts";
import type { Check, PreflightFacts } from "./check.ts";

/** The number belongs to the account, and what pointing it at our ingress would take it away from is named. */
export const checkNumber: Check = async (facts) => {
  const resource = numberResource(facts.bundle);
  const { number } = facts.bundle.deployment;
  const connectionId = facts.bundle.connections.telephony?.connectionId;
  if (resource === null || connectionId === undefined) return [];
  if (number === null) return [finding("number-missing", resource.address, facts.view.deployment.name)];
  const declared = checkAddresses(resource);
  const found = await ask(facts, connectionId, async ({ telephony }) => {
    const routing = (await telephony?.readRouting(number)) ?? null;
    return routing === null
      ? [finding("number-not-owned", resource.address, number)]
      : checkRouting(facts, resource, routing);
  });
  return [...declared, ...found];
};

function checkAddresses({ address, fields }: BundleResource): Finding[] {
  const voice = textOf(fields["voiceUrl"]);
  const fallback = textOf(fields["voiceFallbackUrl"]);
  if (voice === "") return [finding("voice-address-missing", address, "voiceUrl is empty")];
  const findings: Finding[] = [];
  if (fallback === "") findings.push(finding("fallback-address-missing", address, "voiceFallbackUrl is empty"));
  else if (originOf(fallback) === originOf(voice))
    findings.push(finding("fallback-shares-failure", address, originOf(fallback)));
  if (!/^[^#]*#(.*&)?(ct|rt|tt)=/.test(voice))
    findings.push(finding("overrides-missing", address, "the voice address has no connection overrides"));
  return findings;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const originOf = (url: string): string => /^[a-z]+:\/\/[^/?#]+/i.exec(url)?.[0].toLowerCase() ?? url;

/** The number and its account against those that were attached: what is configured may answer to the same digits and be another. */
function otherNumber(
  { bindings, attachment, deployment }: PreflightFacts["view"],
  { address, role }: BundleResource,
  { numberId }: NumberRouting,
): Finding | null {
  const binding = bindings.find((one) => one.address === address);
  const known = [binding?.externalId, attachment.storedRouting?.numberId].find((id) => id != null && id !== numberId);
  if (known != null) return finding("number-changed", address, `attached is ${known}, configured is ${numberId}`);
  const configured = deployment.connections[role];
  if (binding === undefined || configured === undefined || binding.connectionId === configured) return null;
  return finding("number-account-changed", address, `attached in ${binding.connectionId}, configured is ${configured}`);
}

function checkRouting({ view }: PreflightFacts, resource: BundleResource, routing: NumberRouting): Finding[] {
  const foreign = view.attachment.attached ? otherNumber(view, resource, routing) : null;
  if (foreign !== null) return [foreign];
  const isOurs = isSameRouting(routing, wantedRouting(resource, routing));
  if (isOurs) return [];
  const now = describeRouting(routing);
  if (view.attachment.attached) return [finding("routing-drifted", resource.address, `now ${now}`)];
  const dropped = [
    ...(routing.trunkId === "" ? [] : [finding("trunk-dropped", resource.address, routing.trunkId)]),
    ...(routing.applicationId === ""
      ? []
      : [finding("application-overridden", resource.address, routing.applicationId)]),
  ];
  return [...dropped, finding("number-adoptable", resource.address, `now ${now}`)];
}
