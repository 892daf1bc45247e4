import { chainsOf } from "@tandem/domain/manifest";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { ProofContent } from "./proof-pack.ts";

const NOT_KEPT = { kinds: [], redactedKinds: [], region: "any", subProcessors: [] } as const;

/** What kinds of personal data the release handles, where they are and how long, and who else gets to see them. */
export function dataHandling(bundle: ReleaseBundle | null): ProofContent["dataHandling"] {
  if (bundle === null) return NOT_KEPT;
  // A release of before these policies names no days.
  const policies: Partial<ReleaseBundle["policies"]> = bundle.policies ?? {};
  const { retention, redaction, residency, memory } = policies;
  return {
    kinds: [
      {
        kind: "callers' numbers and the words of calls",
        where: "database",
        keptDays: retention?.transcriptDays ?? null,
      },
      { kind: "recordings of calls", where: "object store", keptDays: retention?.recordingDays ?? null },
      { kind: "what a returning caller's next call may know", where: "database", keptDays: memory?.days ?? 0 },
      { kind: "appointments and contacts that calls make", where: "calendar and CRM of the tenant", keptDays: null },
    ],
    redactedKinds: redaction?.kinds ?? [],
    region: residency?.region ?? "any",
    subProcessors: subProcessors(bundle),
  };
}

function subProcessors({
  connections,
  providers,
  agent,
}: ReleaseBundle): ProofContent["dataHandling"]["subProcessors"] {
  const roles = new Map<string, Set<string>>();
  const add = (vendor: string, role: string) => roles.set(vendor, (roles.get(vendor) ?? new Set()).add(role));
  for (const [role, connection] of Object.entries(connections ?? {}))
    if (!role.startsWith("provider.")) add(connection.vendor, role);
  for (const kind of agent === undefined ? [] : chainsOf[agent.kind])
    for (const { provider } of providers?.[kind] ?? []) add(provider, kind);
  return [...roles].map(([vendor, of]) => ({ vendor, roles: [...of].toSorted() })).toSorted(byVendor);
}

const byVendor = (one: { readonly vendor: string }, other: { readonly vendor: string }): number =>
  one.vendor < other.vendor ? -1 : one.vendor > other.vendor ? 1 : 0;
