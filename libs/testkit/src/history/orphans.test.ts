import { terminalPhases } from "@tandem/domain/rollout";
import { describe, expect, it } from "vitest";
import { DEPLOYMENT_ID, seedDeployment, TENANT_ID } from "../builders/deployment.ts";
import { everyGateOpen, Scene } from "../scene/scene.ts";
import { noteInventory } from "../simulator/inventory.ts";
import { ONE_ACCOUNT } from "../vendors/vendor-world.ts";
import { checkHistory } from "./check-history.ts";
import type { HistoryEvent, LedgerObject } from "./event.ts";

const NEIGHBOUR = "00000000-0000-7000-8000-0000000000f1";
const ACCOUNTS = { [TENANT_ID]: ONE_ACCOUNT };

/** Two deployments of one account that need one property: the first makes it, the neighbour finds it; they go back in the given order. */
async function shared(order: readonly string[]) {
  const scene = new Scene();
  seedDeployment(scene.database, scene.world, { deploymentId: NEIGHBOUR, number: null });
  noteInventory("opened", scene.database, scene.world, ACCOUNTS);
  for (const deploymentId of [DEPLOYMENT_ID, NEIGHBOUR]) {
    const { bundle, hash } = scene.bundle({ deploymentId, number: null, properties: ["lead_source"] });
    const policy = { ...everyGateOpen, promotion: "manual" } as const;
    await scene.operator.start(deploymentId, { bundle, bundleHash: hash, policy });
    await until(scene, deploymentId, (phase) => phase === "awaiting-promotion");
  }
  const [property] = scene.world.present().filter(({ kind }) => kind === "crm.property");
  if (property === undefined) throw new Error("nobody made the property");
  for (const deploymentId of order) {
    await scene.operator.ask(deploymentId, "abort");
    await until(scene, deploymentId, (phase) => terminalPhases.has(phase));
  }
  noteInventory("closed", scene.database, scene.world, ACCOUNTS);
  return { history: scene.database.history.events, property, left: scene.world.present().map(({ kind }) => kind) };
}

type Phase = Parameters<typeof terminalPhases.has>[0];

async function until(scene: Scene, deploymentId: string, isMet: (phase: Phase) => boolean): Promise<void> {
  const phase = (): Phase => scene.database.state(deploymentId).rollouts.at(-1)?.phase ?? "queued";
  for (let looks = 0; !isMet(phase()); looks += 1) {
    if (looks > 500) throw new Error(`stands in ${phase()}`);
    await scene.play(scene.engine.advance(TENANT_ID, deploymentId));
    await scene.play(scene.clock.sleep(200));
  }
}

const orphansIn = (history: readonly HistoryEvent[]): string[] =>
  checkHistory(history)
    .map(({ detail }) => detail)
    .filter((detail) => detail.includes("orphan"));

/** The history as it would be had the vendor this object, too, at the end. */
const withObject = (history: readonly HistoryEvent[], object: LedgerObject): HistoryEvent[] =>
  history.map((event) =>
    event.kind === "closed"
      ? { ...event, inventory: { ...event.inventory, objects: [...event.inventory.objects, object] } }
      : event,
  );

describe("a property that two deployments had in common", () => {
  it("may stay when the one that had found it lets go last", async () => {
    const { history, left } = await shared([DEPLOYMENT_ID, NEIGHBOUR]);
    expect(left).toEqual(["crm.property"]);
    expect(orphansIn(history)).toEqual([]);
  });

  it("is removed by the one that made it when that lets go last, and would be an orphan otherwise", async () => {
    const { history, left, property } = await shared([NEIGHBOUR, DEPLOYMENT_ID]);
    expect(left).toEqual([]);
    expect(orphansIn(history)).toEqual([]);
    expect(orphansIn(withObject(history, property))).toEqual([`crm.property ${property.externalId} is an orphan`]);
  });

  it("excuses no other object that nobody is bound to", async () => {
    const { history, property } = await shared([DEPLOYMENT_ID, NEIGHBOUR]);
    const list = { ...property, kind: "crm.list", externalId: "x99", externalKey: "another" };
    const unbound = { ...property, externalId: "x98", externalKey: "a third" };
    expect(orphansIn(withObject(withObject(history, list), unbound))).toEqual([
      "crm.list x99 is an orphan",
      "crm.property x98 is an orphan",
    ]);
  });
});
