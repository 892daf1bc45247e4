import { setTimeout as sleep } from "node:timers/promises";
import { SeededRng } from "@tandem/testkit";
import { objectsAsBound } from "../chaos/final-check.ts";
import { OwnServer } from "../chaos/own-server.ts";
import { checkTables } from "../crash/check.ts";
import { readTables } from "../crash/tables.ts";
import { Installation } from "../e2e/harness/installation.ts";
import { Office } from "../e2e/harness/office.ts";
import type { TandemApi } from "../e2e/harness/tandem-api.ts";
import type { EarlierTree } from "./earlier-tree.ts";
import { TwoVersions, type Version } from "./two-versions.ts";

export interface UpgradeReport {
  /** Ended rollouts, by engine version that began them and phase. */
  readonly rollouts: Readonly<Record<string, number>>;
  /** Shares of calls that a canary got beside the earlier workers. */
  readonly shares: number;
  readonly ended: TwoVersions["ended"];
  readonly violations: readonly string[];
}

const ENDED = new Set(["succeeded", "aborted", "rolled-back", "failed"]);
const PATIENCE_MS = 120_000;

/** An update under way: both versions at work on one database that this version has migrated, while rollouts go on. */
export async function runUpgrade(
  tree: EarlierTree,
  wish: { readonly seconds: number; readonly seed: number },
): Promise<UpgradeReport> {
  const server = await OwnServer.start();
  const installation = await Installation.start({ databases: server.databases });
  try {
    const versions = await TwoVersions.start(installation, tree);
    const offices = await Promise.all(Array.from({ length: 4 }, () => Office.open(installation)));
    const violations: string[] = [];
    await versions.startWorker("before");
    await Promise.all(offices.map((office) => rollOut(office, of(versions, office, "before"))));
    violations.push(...(await leftAlone(versions, offices)));
    const rng = new SeededRng(wish.seed);
    const over = new AbortController();
    const busy = [
      ...offices.map((office) => operate(versions, office, rng.fork(), over.signal)),
      takeTurns(versions, over.signal),
    ];
    await Promise.race([Promise.all(busy), sleep(wish.seconds * 1000)]);
    over.abort();
    await Promise.all(busy);
    await versions.stopWorker("before");
    await versions.stopEarlierApi();
    violations.push(
      ...(await comeToRest(server, offices)),
      ...(await wrongAtRest(server, offices)),
      ...versions.errors(),
    );
    return { ...(await countsOf(server)), ended: versions.ended, violations };
  } finally {
    await installation.stop();
    await server.remove();
  }
}

const of = ({ apis }: TwoVersions, office: Office, version: Version): TandemApi => apis[version].as(office.api.key);

async function start(office: Office, api: TandemApi, policy: object): Promise<string> {
  const wish = { deploymentId: office.deploymentId, manifestVersion: "after-hours-answering", policy };
  return (await api.post("/v1/rollouts", wish)).id;
}

async function rollOut(office: Office, api: TandemApi): Promise<void> {
  await office.reach(await start(office, api, { bakeMs: 250 }), ["succeeded"], PATIENCE_MS);
}

const CANARY = {
  kind: "canary",
  steps: [
    { weightBp: 1000, watchMs: 400 },
    { weightBp: 5000, watchMs: 400 },
  ],
};

/** The earlier worker alone does its own version's rollouts and does not touch a canary, which it would switch over whole. */
async function leftAlone(versions: TwoVersions, [first, second]: readonly Office[]): Promise<string[]> {
  if (first === undefined || second === undefined) return [];
  const effects = (await first.ledger()).length;
  const canary = await start(first, of(versions, first, "this"), { bakeMs: 250, strategy: CANARY });
  await rollOut(second, of(versions, second, "before"));
  await sleep(2000);
  const { phase } = await first.rollout(canary);
  const isTouched = phase !== "queued" || (await first.ledger()).length !== effects;
  await versions.startWorker("this");
  await first.reach(canary, ["succeeded"], PATIENCE_MS);
  return isTouched ? [`an earlier worker took up a later engine's rollout: it is ${phase}`] : [];
}

/** People at one office: they change something, roll it out over either API, and sometimes go back. Until told to stop. */
async function operate(versions: TwoVersions, office: Office, rng: SeededRng, signal: AbortSignal): Promise<void> {
  const voices = ["11labs-Myra", "11labs-Adrian", "11labs-Lily"];
  for (let round = 0; !signal.aborted; round += 1) {
    await office.set({ voice: voices[round % voices.length] as string });
    const version: Version = rng.chance(0.5) ? "before" : "this";
    const policy = {
      bakeMs: rng.pick([250, 2000]),
      ...(version === "this" && rng.chance(0.4) && { strategy: CANARY }),
    };
    const id = await start(office, of(versions, office, version), policy);
    if (rng.chance(0.4)) {
      await sleep(rng.between(100, 3000));
      await of(versions, office, rng.chance(0.5) && policy.strategy === undefined ? "before" : "this").ask(
        "POST",
        `/v1/deployments/${office.deploymentId}/rollback`,
        {},
      );
    }
    await endOf(office, id);
  }
}

async function endOf(office: Office, id: string): Promise<void> {
  const giveUpMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const { phase, reason } = await office.rollout(id);
    if (ENDED.has(phase)) return;
    if (phase === "held") throw new Error(`rollout ${id} is held: ${JSON.stringify(reason)}`);
    if (performance.now() > giveUpMs) throw new Error(`rollout ${id} stands in ${phase}`);
    await sleep(100);
  }
}

/** Workers are ended and started again in turn, one of them always there. */
async function takeTurns(versions: TwoVersions, signal: AbortSignal): Promise<void> {
  for (let turn = 0; !signal.aborted; turn += 1) {
    const version: Version = turn % 2 === 0 ? "this" : "before";
    await sleep(1500);
    await versions.stopWorker(version);
    await versions.startWorker(version);
  }
}

async function comeToRest(server: OwnServer, offices: readonly Office[]): Promise<string[]> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const live = await server.rows<{ id: string; phase: string }>(
      `SELECT id, phase FROM rollout WHERE tenant_id = ANY($1) AND (phase NOT IN ('succeeded', 'aborted', 'rolled-back', 'failed')
        OR EXISTS (SELECT FROM step s WHERE s.rollout_id = rollout.id AND s.stage = 'cleanup' AND s.state IN ('pending', 'intent')))`,
      [offices.map(({ tenantId }) => tenantId)],
    );
    if (live.length === 0) return [];
    if (performance.now() > untilMs) return live.map(({ id, phase }) => `I8 rollout ${id} stands in ${phase}`);
    await sleep(200);
  }
}

async function wrongAtRest(server: OwnServer, offices: readonly Office[]): Promise<string[]> {
  const found: string[] = [];
  for (const office of offices) {
    const tables = await readTables(server, office.tenantId);
    const wrong = [...checkTables(tables), ...objectsAsBound(tables, await office.ledger())];
    found.push(...wrong.map((text) => `${text} [${office.tenantId}]`));
  }
  return found;
}

async function countsOf(server: OwnServer): Promise<Pick<UpgradeReport, "rollouts" | "shares">> {
  const rows = await server.rows<{ name: string; count: number }>(
    "SELECT 'engine ' || engine_version || ' ' || phase AS name, count(*)::int AS count FROM rollout GROUP BY 1 ORDER BY 1",
  );
  const [shares] = await server.rows<{ count: number }>(
    "SELECT count(*)::int AS count FROM pointer_history WHERE (pointer->>'weightBp')::int > 0",
  );
  return { rollouts: Object.fromEntries(rows.map(({ name, count }) => [name, count])), shares: shares?.count ?? 0 };
}
