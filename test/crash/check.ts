import { brokenLinks, sha256, sortedJson } from "./audit-chain.ts";
import type { GroundTruth, ReceivedWrite } from "./ground-truth.ts";
import type { Tables } from "./tables.ts";

const ENDED = new Set(["succeeded", "aborted", "rolled-back", "failed"]);

/**
 * What is wrong at rest with one site, by the invariants of the engine's design. Reads tables, audit and the vendors' ledger, and
 * shares no code with the engine or the store.
 */
export const checkSite = (tables: Tables, truth: GroundTruth): string[] => [
  ...checkTables(tables),
  ...oneObjectPerKey(tables, truth),
  ...journaledAsReceived(tables, truth),
];

/** The part of it that the tables alone tell. */
export const checkTables = (tables: Tables): string[] => [
  ...onePointer(tables),
  ...auditedOnce(tables),
  ...brokenLinks(tables).map((text) => `I5 ${text}`),
  ...everythingEnded(tables),
];

/** I1: the history is dense, the row says what it ends with, and at most the pointer's slot is active and complete. */
function onePointer({ deployments, history, slots }: Tables): string[] {
  const found: string[] = [];
  const [deployment] = deployments;
  history.forEach(({ generation }, index) => {
    if (generation !== index + 1) found.push(`I1 generation ${generation} is move ${index + 1}`);
  });
  const last = history.at(-1) ?? { generation: 0, active: "none" };
  if (deployment?.generation !== last.generation || deployment.active !== last.active)
    found.push(
      `I1 the row says ${deployment?.active} ${deployment?.generation}, history ${last.active} ${last.generation}`,
    );
  const active = slots.filter(({ state }) => state === "active");
  if (active.length > 1) found.push("I1 two active slots");
  if (last.active !== "none" && active[0]?.slot !== last.active)
    found.push(`I1 ${last.active} has the pointer and is not active`);
  if (active.some(({ isComplete }) => !isComplete)) found.push("I1 the active slot is not complete");
  return found;
}

/** I3: one object per key, none without a binding, no binding without its object; what is bound is what was applied. */
function oneObjectPerKey({ bindings }: Tables, { world }: GroundTruth): string[] {
  const found: string[] = [];
  const bound = new Map(bindings.map((binding) => [binding.externalId, binding]));
  for (const [key, objects] of Map.groupBy(world.present(), ({ externalKey }) => externalKey)) {
    if (objects.length > 1) found.push(`I3 ${objects.length} objects bear the key of one ${objects[0]?.kind} (${key})`);
    for (const { externalId, kind } of objects)
      if (!bound.has(externalId)) found.push(`I3 ${kind} ${externalId} is an orphan`);
  }
  for (const { address, slot, kind, externalId, lastApplied } of bindings) {
    if (kind === "telephony.number") continue;
    const object = externalId === null ? null : world.read(externalId);
    if (object === null) found.push(`I3 ${slot}:${address} is bound to ${externalId ?? "nothing"}, which is not there`);
    else if (sortedJson(object.fields) !== sortedJson(lastApplied))
      found.push(`I4 ${slot}:${address} holds something else`);
  }
  return found;
}

const hashOf = (write: ReceivedWrite): string => {
  if (write.verb === "route") return sha256(sortedJson({ expected: write.expected, next: write.next }));
  const { kind, externalKey, externalId, fields } = write.target;
  return sha256(sortedJson({ verb: write.verb, kind, externalKey, externalId, fields }));
};

/** I4: vendors received nothing that is not in the journal with the same hash, and what the journal calls written was received. */
function journaledAsReceived({ steps }: Tables, { received }: GroundTruth): string[] {
  const journaled = new Set(steps.map(({ requestHash }) => requestHash));
  const arrived = new Set(received.map(hashOf));
  return [
    ...received
      .filter((write) => !journaled.has(hashOf(write)))
      .map((write) => `I4 a ${write.verb} reached the vendor that no step tells of`),
    ...steps
      .filter(({ result, requestHash }) => result === "written" && !arrived.has(requestHash ?? ""))
      .map(({ seq }) => `I4 step ${seq} is written and its request never arrived`),
  ];
}

/** I5: every change of a phase or of the pointer has its audit row in its own transaction, exactly one, and none stands alone. */
function auditedOnce({ audits, events, history, deployments }: Tables): string[] {
  const found: string[] = [];
  const byTx = Map.groupBy(audits, ({ tx }) => tx);
  const deployment = `deployment/${deployments[0]?.id}`;
  for (const { tx, rolloutId, type, seq } of events) {
    const own = (byTx.get(tx) ?? []).filter(({ object }) => object === `rollout/${rolloutId}` || object === deployment);
    if (own.length === 0) found.push(`I5 event ${seq} (${type}) has no audit row`);
  }
  const entered = Map.groupBy(
    events.filter(({ type }) => type === "phase-entered"),
    ({ tx }) => tx,
  );
  for (const [tx, rows] of byTx) {
    const phases = rows.filter(({ action }) => action === "rollout.phase-entered").length;
    if (phases > 0 && phases !== (entered.get(tx)?.length ?? 0))
      found.push("I5 an audited phase was never entered, or twice");
    const moves = rows.filter(({ action }) => action.startsWith("pointer.")).length;
    const moved = history.filter((move) => move.tx === tx).length;
    if (moves !== moved) found.push(`I5 ${moved} moves of the pointer have ${moves} audit rows`);
  }
  for (const { generation, tx } of history) if (!byTx.has(tx)) found.push(`I5 generation ${generation} is not audited`);
  return found;
}

/** I8: every rollout has ended or says why it is held, and no operation is left open. */
function everythingEnded({ rollouts, steps }: Tables): string[] {
  const stuck = rollouts.filter(
    ({ phase, reason }) => !ENDED.has(phase) && !(phase === "held" && (reason?.nextAction ?? "") !== ""),
  );
  const ended = new Set(rollouts.filter(({ phase }) => ENDED.has(phase)).map(({ id }) => id));
  const open = steps.filter(
    ({ rolloutId, state, stage }) =>
      ended.has(rolloutId) && (state === "intent" || (state === "pending" && stage === "cleanup")),
  );
  return [
    ...stuck.map(({ phase, reason }) => `I8 a rollout stands in ${phase} (${reason?.code ?? "no reason"})`),
    ...open.map(({ seq, stage, state }) => `I8 step ${seq} of ${stage} is left in ${state}`),
  ];
}
