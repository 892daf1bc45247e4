import type { LedgerRow } from "@tandem/sandbox-host";
import type { Office } from "./office.ts";

/** What a rollout did, with everything that differs between two runs of the same flow replaced by its role. */
export interface Observation {
  /** True effects on configured objects, each once, in order of kind and role. */
  readonly effects: readonly string[];
  /** Objects that smoke tests and calls made and nobody removed, by kind. */
  readonly leftovers: Readonly<Record<string, number>>;
  /** Phases entered, in order. */
  readonly phases: readonly string[];
  /** Moves of the pointer, in order. */
  readonly moves: readonly string[];
  readonly slots: Readonly<Record<string, string>>;
  readonly pointer: string;
  readonly isAttached: boolean;
  /** Address and slot → bound or not. */
  readonly bindings: readonly string[];
  /** Steps that are not over. */
  readonly openSteps: readonly string[];
  /** Audited actions that happen once, with their number. */
  readonly audit: Readonly<Record<string, number>>;
}

/** Where the tables of an office stood before a flow. */
export interface Mark {
  readonly ledgerSeq: number;
  readonly auditSeq: number;
  readonly generation: number;
}

/** Audited each time something is tried, so that a crash adds rows. */
const REPEATABLE = new Set([
  "operation.intended",
  "operation.postponed",
  "rollout.waited",
  "canary.noted",
  "canary.removed",
  "smoke.objects-noted",
  "routing.intended",
  "routing.restore-planned",
]);
/** What calls and smoke tests make; held to leave nothing behind instead of to happen once. */
const PASSING = new Set(["event", "contact", "note", "deal", "association"]);
const CALLS = new Set(["voice-agent.call", "telephony.call"]);

export async function markOf(office: Office): Promise<Mark> {
  const { installation, tenantId, deploymentId } = office;
  const ledger = await installation.sandbox.ledger();
  const [audit] = await installation.rows<{ seq: number | null }>(
    "SELECT max(seq)::int AS seq FROM audit WHERE tenant_id = $1",
    [tenantId],
  );
  const [deployment] = await installation.rows<{ generation: number }>(
    "SELECT generation FROM deployment WHERE id = $1",
    [deploymentId],
  );
  return { ledgerSeq: ledger.at(-1)?.seq ?? 0, auditSeq: audit?.seq ?? 0, generation: deployment?.generation ?? 0 };
}

/** Everything that happened since the mark, told relative to the rollout's target slot. */
export async function observe(office: Office, rolloutId: string, mark: Mark): Promise<Observation> {
  const { installation, tenantId, deploymentId } = office;
  const [rollout] = await installation.rows<{ target_slot: string }>("SELECT target_slot FROM rollout WHERE id = $1", [
    rolloutId,
  ]);
  const target = rollout?.target_slot ?? "";
  const role = (slot: string): string =>
    slot === "none" || slot === "" ? "none" : slot === target ? "target" : "other";
  const labels = await labelsOf(office, role);
  const ledger = await office.ledger(mark.ledgerSeq);
  const rows = <Row>(sql: string, ...values: unknown[]) => installation.rows<Row>(sql, values);
  const events = await rows<{ to: string }>(
    "SELECT payload->>'to' AS to FROM rollout_event WHERE rollout_id = $1 AND type = 'phase-entered' ORDER BY seq",
    rolloutId,
  );
  const moves = await rows<{ generation: number; active: string; cause: string }>(
    "SELECT generation, pointer->>'active' AS active, cause FROM pointer_history WHERE deployment_id = $1 AND generation > $2 ORDER BY generation",
    deploymentId,
    mark.generation,
  );
  const slots = await rows<{ slot: string; state: string; bundle: boolean; ready: boolean }>(
    "SELECT slot, state, bundle_hash IS NOT NULL AS bundle, ready_bundle_hash IS NOT NULL AS ready FROM slot WHERE deployment_id = $1",
    deploymentId,
  );
  const [deployment] = await rows<{ active: string; generation: number; attached: boolean }>(
    "SELECT pointer_active AS active, generation, attached FROM deployment WHERE id = $1",
    deploymentId,
  );
  const bindings = await rows<{ address: string; slot: string; bound: boolean }>(
    "SELECT address, slot, external_id IS NOT NULL AS bound FROM binding WHERE deployment_id = $1",
    deploymentId,
  );
  const steps = await rows<{ address: string; state: string }>(
    "SELECT operation->>'address' AS address, state FROM step WHERE rollout_id = $1 AND state IN ('pending', 'intent')",
    rolloutId,
  );
  const audit = await rows<{ action: string; count: number }>(
    "SELECT action, count(*)::int AS count FROM audit WHERE tenant_id = $1 AND seq > $2 GROUP BY action",
    tenantId,
    mark.auditSeq,
  );
  return {
    effects: effectsOf(ledger, labels),
    leftovers: leftoversOf(ledger),
    phases: events.map(({ to }) => to),
    moves: moves.map(({ generation, active, cause }) => `+${generation - mark.generation} ${role(active)} ${cause}`),
    slots: Object.fromEntries(
      slots
        .map(({ slot, state, bundle, ready }): [string, string] => [
          role(slot),
          `${state}${bundle ? " bundle" : ""}${ready ? " ready" : ""}`,
        ])
        .toSorted(byName),
    ),
    pointer: `${role(deployment?.active ?? "none")} +${(deployment?.generation ?? 0) - mark.generation}`,
    isAttached: deployment?.attached ?? false,
    bindings: bindings
      .map(({ address, slot, bound }) => `${addressRole(address)}@${role(slot)}${bound ? "" : " unbound"}`)
      .toSorted(),
    openSteps: steps.map(({ address, state }) => `${address} ${state}`).toSorted(),
    audit: Object.fromEntries(
      audit
        .filter(({ action }) => !REPEATABLE.has(action))
        .map(({ action, count }): [string, number] => [action, count])
        .toSorted(byName),
    ),
  };
}

/** Numbers in an address are the test's own (`crm.property-group/era-7`). */
const addressRole = (address: string): string => address.replace(/\d+$/, "n");

/** External keys and ids → what they stand for. */
async function labelsOf(
  { installation, deploymentId }: Office,
  role: (slot: string) => string,
): Promise<ReadonlyMap<string, string>> {
  const known = await installation.rows<{ key: string; id: string | null; address: string; slot: string }>(
    `SELECT external_key AS key, external_id AS id, address, slot FROM binding WHERE deployment_id = $1
     UNION SELECT operation->>'externalKey', external_id, operation->>'address', coalesce(operation->>'slot', 'none') FROM step
       JOIN rollout ON rollout.id = step.rollout_id WHERE rollout.deployment_id = $1`,
    [deploymentId],
  );
  const pairs = known.flatMap(({ key, id, address, slot }) =>
    [key, id].filter((name) => name !== null).map((name) => [name, `${addressRole(address)}@${role(slot)}`] as const),
  );
  return new Map(pairs);
}

function effectsOf(ledger: readonly LedgerRow[], labels: ReadonlyMap<string, string>): string[] {
  const configured = ledger.filter(({ kind }) => !PASSING.has(kind) && !CALLS.has(kind));
  return configured
    .map(({ vendor, effect, kind, objectId, facts }) => {
      const key = typeof facts["key"] === "string" ? facts["key"] : "";
      const byId = [...labels].find(([name]) => objectId.endsWith(name))?.[1];
      return `${vendor} ${effect} ${kind} ${labels.get(key) ?? byId ?? `unknown ${objectId}`}`;
    })
    .toSorted();
}

function leftoversOf(ledger: readonly LedgerRow[]): Record<string, number> {
  const left = new Map<string, number>();
  for (const { kind, effect } of ledger) {
    if (!PASSING.has(kind)) continue;
    const change = effect === "create" ? 1 : effect === "delete" ? -1 : 0;
    left.set(kind, (left.get(kind) ?? 0) + change);
  }
  return Object.fromEntries([...left].toSorted(byName));
}

const byName = ([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number =>
  left < right ? -1 : 1;
