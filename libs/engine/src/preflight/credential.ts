import type { Finding } from "@tandem/domain/plan";
import type { BundleConnection } from "@tandem/domain/release";
import type { OpenConnection } from "@tandem/ports/adapter";
import type { CredentialProbe, Probe } from "@tandem/ports/probe";
import { ask, connectionAddress } from "./ask.ts";
import { finding } from "./finding.ts";
import type { Check, PreflightFacts } from "./check.ts";

const EXPIRY_WARNING_MS = 14 * 24 * 3_600_000;

/** Every account of the bundle: the credential works, is not about to expire, and may do what is needed. */
export const checkCredentials: Check = async (facts) => {
  const findings: Finding[] = [];
  for (const connection of distinct(facts)) findings.push(...(await checkOne(facts, connection)));
  return findings;
};

function distinct({ bundle }: PreflightFacts): BundleConnection[] {
  const byId = new Map<string, BundleConnection>();
  for (const connection of Object.values(bundle.connections)) {
    const known = byId.get(connection.connectionId);
    byId.set(connection.connectionId, {
      ...connection,
      requiredScopes: [...new Set([...(known?.requiredScopes ?? []), ...connection.requiredScopes])],
    });
  }
  return [...byId.values()];
}

async function checkOne(
  facts: PreflightFacts,
  { connectionId, vendor, requiredScopes }: BundleConnection,
): Promise<readonly Finding[]> {
  const address = connectionAddress(facts, connectionId);
  if (facts.view.connections.find(({ id }) => id === connectionId)?.credentialVersion === null) {
    facts.broken.add(connectionId);
    return [finding("credential-missing", address, `${vendor}: nothing is stored yet`)];
  }
  return ask(facts, connectionId, async (connection) => {
    const probe = await probeOf(connection)?.probe();
    const needed = [
      ...new Set([...requiredScopes, ...Object.keys(facts.observer.context.vendors.descriptor(vendor).requiredScopes)]),
    ];
    return probe === undefined ? [] : judge(facts, address, probe, needed);
  });
}

/** Any port of the connection answers for its credential. */
export const probeOf = ({ telephony, voiceAgent, calendar, crm, account }: OpenConnection): Probe | undefined =>
  telephony ?? voiceAgent ?? calendar ?? crm ?? account;

function judge(facts: PreflightFacts, address: string, probe: CredentialProbe, needed: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  if (probe.status === "suspended" || probe.status === "closed")
    findings.push(finding("account-not-active", address, `${probe.account} is ${probe.status}`));
  if (probe.expiresAt !== null) findings.push(...expiry(facts, address, probe.expiresAt));
  if (probe.grantedScopes === null) {
    if (needed.length > 0) findings.push(finding("permissions-unknown", address, `needed: ${needed.join(", ")}`));
    return findings;
  }
  const missing = needed.filter((scope) => probe.grantedScopes?.includes(scope) !== true);
  if (missing.length > 0) findings.push(finding("permission-missing", address, `missing: ${missing.join(", ")}`));
  return findings;
}

function expiry({ view }: PreflightFacts, address: string, expiresAt: string): Finding[] {
  const leftMs = Date.parse(expiresAt) - Date.parse(view.now);
  if (leftMs <= 0) return [finding("credential-expired", address, `on ${expiresAt}`)];
  return leftMs < EXPIRY_WARNING_MS ? [finding("credential-expiring", address, `on ${expiresAt}`)] : [];
}
