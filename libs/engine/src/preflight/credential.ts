import type { Finding } from "@tandem/domain/plan";
import type { BundleConnection } from "@tandem/domain/release";
import type { OpenConnection } from "@tandem/ports/adapter";
import type { CredentialProbe, Probe } from "@tandem/ports/probe";
import { ask, connectionAddress } from "./ask.ts";
import { finding } from "./finding.ts";
import type { Check, PreflightFacts } from "./check.ts";

/** Every account of the bundle: it is in order, its credential works and lasts, and may do what is needed. */
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
    return probe === undefined
      ? []
      : [
          ...accountFindings(facts, address, probe),
          ...expiry(facts, address, probe),
          ...scopes(address, probe, needed),
        ];
  });
}

/** Any port of the connection answers for its credential. */
export const probeOf = ({ telephony, voiceAgent, calendar, crm, account }: OpenConnection): Probe | undefined =>
  telephony ?? voiceAgent ?? calendar ?? crm ?? account;

function accountFindings({ bundle }: PreflightFacts, address: string, { account, status }: CredentialProbe): Finding[] {
  if (status === "suspended" || status === "closed")
    return [finding("account-not-active", address, `${account} is ${status}`)];
  if (status === "unpaid") return [finding("account-unpaid", address, account)];
  if (status !== "trial") return [];
  const isProduction = bundle.deployment.environment === "production";
  return [finding(isProduction ? "account-on-trial" : "account-trial-only", address, account)];
}

/** A credential that ends while the rollout is still watched ends it for all calls: that stops it. */
function expiry(facts: PreflightFacts, address: string, { expiresAt }: CredentialProbe): Finding[] {
  if (expiresAt === null) return [];
  const leftMs = Date.parse(expiresAt) - Date.parse(facts.view.now);
  if (leftMs <= 0) return [finding("credential-expired", address, `on ${expiresAt}`)];
  if (leftMs < facts.watchedMs)
    return [finding("credential-ends-in-bake", address, `on ${expiresAt}, before the end of the bake`)];
  return leftMs < facts.observer.context.settings.credentialWarningMs
    ? [finding("credential-expiring", address, `on ${expiresAt}`)]
    : [];
}

function scopes(address: string, { grantedScopes }: CredentialProbe, needed: readonly string[]): Finding[] {
  if (grantedScopes === null)
    return needed.length > 0 ? [finding("permissions-unknown", address, `needed: ${needed.join(", ")}`)] : [];
  const missing = needed.filter((scope) => !grantedScopes.includes(scope));
  if (missing.length === 0) return [];
  const named = missing.join(", ");
  return [finding("permission-missing", address, `missing: ${named}`, `Grant at the vendor: ${named}.`)];
}
