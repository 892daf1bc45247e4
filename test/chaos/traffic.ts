import { setTimeout as sleep } from "node:timers/promises";
import type { SeededRng } from "@tandem/testkit";
import { describeCall, dial, hangUp } from "../e2e/harness/carrier.ts";
import type { Office } from "../e2e/harness/office.ts";
import type { City } from "./city.ts";
import { visibleAfterMs } from "./visibility.ts";

const ENDED = new Set(["succeeded", "aborted", "rolled-back", "failed"]);
const VOICES = ["11labs-Myra", "11labs-Adrian", "11labs-Lily"];

/** People at one office: they change something, roll it out, look, and often go back. Until told to stop. */
export async function operate(city: City, office: Office, rng: SeededRng, signal: AbortSignal): Promise<void> {
  for (let round = 0; !signal.aborted; round += 1) {
    await configure(city, office, VOICES[round % VOICES.length] as string);
    const id = await roll(city, office, rng.pick([300, 3000, 8000]));
    const seen = id === null ? null : await follow(city, office, id, signal);
    if (seen === "baking" && rng.chance(0.7)) await goBack(city, office);
    if (id !== null) await endOf(city, office, id, signal);
    await sleep(rng.between(50, 500));
  }
}

const BAKE_MS = 60_000;

/** There and back once more with nobody hurt: how long a rollback takes to be seen is measured in every run. */
export async function calmWayBack(city: City): Promise<string[]> {
  const [office] = city.offices;
  const over = new AbortController();
  const { signal } = over;
  if (office === undefined || city.measures.visibleMs.length > 0) return [];
  await configure(city, office, "11labs-Billy");
  const id = await roll(city, office, BAKE_MS);
  const phase = id === null ? "refused" : await follow(city, office, id, signal);
  if (id === null || phase !== "baking") return [`I8 a rollout in peace is ${phase}`];
  await goBack(city, office);
  await endOf(city, office, id, signal);
  return city.measures.visibleMs.length > 0 ? [] : ["I9 a rollback in peace was not seen by a healthy node"];
}

async function configure(city: City, office: Office, voice: string): Promise<void> {
  const path = `/v1/deployments/${office.deploymentId}/configuration`;
  const key = office.api.key;
  const { body } = await city.client.ask(key, "GET", path);
  const { configVersion, ...configuration } = body;
  const overlay = { ...configuration.overlay, voice };
  const answer = await city.client.ask(
    key,
    "PUT",
    path,
    { ...configuration, overlay },
    { "if-match": `"${configVersion}"` },
  );
  if (answer.status === 200)
    city.measures.writes.push({ what: "configuration", tenantId: office.tenantId, version: configVersion + 1 });
}

/** Id of the rollout; null when it was refused. */
async function roll(city: City, office: Office, bakeMs: number): Promise<string | null> {
  const answer = await city.client.ask(office.api.key, "POST", "/v1/rollouts", {
    deploymentId: office.deploymentId,
    manifestVersion: "after-hours-answering",
    policy: { bakeMs },
  });
  if (answer.status >= 300) return null;
  city.measures.writes.push({ what: "rollout", tenantId: office.tenantId, id: answer.body.id });
  return answer.body.id;
}

const phaseOf = async (city: City, office: Office, id: string): Promise<{ phase: string; heldPhase: string | null }> =>
  (await city.client.ask(office.api.key, "GET", `/v1/rollouts/${id}`)).body;

/** Waits until it bakes or has ended. */
async function follow(city: City, office: Office, id: string, signal: AbortSignal): Promise<string> {
  for (;;) {
    const { phase } = await phaseOf(city, office, id);
    if (phase === "baking" || ENDED.has(phase) || signal.aborted) return phase;
    if (phase === "held") await city.client.ask(office.api.key, "POST", `/v1/rollouts/${id}/resume`, {});
    await sleep(150);
  }
}

async function endOf(city: City, office: Office, id: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { phase } = await phaseOf(city, office, id);
    if (ENDED.has(phase) || signal.aborted) return;
    if (phase === "held") await city.client.ask(office.api.key, "POST", `/v1/rollouts/${id}/resume`, {});
    await sleep(200);
  }
}

/** One click on rollback, and how long until every healthy node serves what it says. */
export async function goBack(city: City, office: Office): Promise<void> {
  const { measures } = city;
  const pausedBefore = city.workersPaused;
  const answer = await city.client.ask(office.api.key, "POST", `/v1/deployments/${office.deploymentId}/rollback`, {});
  if (answer.status >= 300 || answer.body.wasAbort === true) return;
  const { generation } = answer.body.pointer;
  measures.writes.push({ what: "rollback", tenantId: office.tenantId, generation });
  const tookMs = answer.answeredMs - answer.sentMs;
  if (!answer.by.wasHealthy(answer.sentMs, answer.answeredMs)) return;
  measures.acknowledgedMs.push(tookMs);
  if (pausedBefore > 0) measures.whilePausedMs.push(tookMs);
  const move = { deploymentId: office.deploymentId, generation, clickedMs: answer.sentMs };
  const afterMs = await visibleAfterMs(city.media, city.ticketKey, move);
  if (afterMs !== null) measures.visibleMs.push(afterMs);
}

/**
 * Callers of one office. A call reaches its agent or, from a node that has no room or no vendor in time, a person; and it stays there for
 * as long as it lasts. Only a node that something was done to may answer nothing.
 */
export async function call(city: City, office: Office, rng: SeededRng, signal: AbortSignal): Promise<void> {
  const { calls, violations } = city.measures;
  while (!signal.aborted) {
    await sleep(rng.between(300, 1500));
    const sinceMs = performance.now();
    const placed = await dial(office).catch(() => null);
    const isHealthy = city.media[0]?.wasHealthy(sinceMs, performance.now()) === true;
    const to = placed?.status === "in-progress" ? placed.connected.to : "nobody";
    calls[to === "agent" ? "agent" : to === "person" ? "person" : "nobody"] += 1;
    if (placed === null || to === "nobody") {
      if (isHealthy) violations.push(`I2 a call was not answered by a healthy node: ${JSON.stringify(placed)}`);
      continue;
    }
    await sleep(rng.between(200, 1500));
    const later = await describeCall(office, placed.callSid);
    if (later.connected.to !== to || later.connected.agentCallId !== placed.connected.agentCallId)
      violations.push(`I2 a call in progress was moved: ${JSON.stringify(later)}`);
    if (to === "agent" && later.status !== "in-progress")
      violations.push(`I2 a call in progress was dropped: ${JSON.stringify(later)}`);
    await hangUp(office, placed.callSid).catch(() => {});
  }
}
