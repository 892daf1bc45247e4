import { isWithin } from "@tandem/domain/plan";
import type { BundleResource } from "@tandem/domain/release";
import { type RolloutPolicy, terminalPhases } from "@tandem/domain/rollout";
import { otherSlot } from "@tandem/domain/slot";
import { canonicalJson, setFaultHook } from "@tandem/kernel";
import { hostileFaults, noFaults, Scene, seedDeployment, SeededRng, TENANT_ID } from "@tandem/testkit";
import { describe, expect, it } from "vitest";

const SEEDS = 60;
const NEIGHBOUR = "00000000-0000-7000-8000-0000000000f1";

type Wanted = readonly BundleResource[];

/** Objects that outlive slots, at random: some of a few names, each with a list that grows, a value and a nested part. */
function lastingResources(rng: SeededRng, scope: "own" | "account"): Wanted {
  const kinds = scope === "own" ? ["calendar.calendar"] : ["crm.property", "crm.list"];
  return kinds.flatMap((kind) =>
    ["alpha", "beta"]
      .filter(() => rng.chance(0.6))
      .map((name): BundleResource => ({
        address: `${kind}/${name}`,
        kind,
        role: kind.startsWith("crm") ? "crm" : "calendar",
        owner: scope === "own" ? "deployment" : "connection",
        fields: {
          name,
          label: rng.pick(["One", "Two", "Three"]),
          options: ["a", "b", "c"]
            .filter(() => rng.chance(0.5))
            .map((value) => ({ value, text: rng.pick(["x", "y"]) })),
          rights: Object.fromEntries(["read", "write"].filter(() => rng.chance(0.5)).map((right) => [right, true])),
        },
        sources: {},
        dependsOn: [],
      })),
  );
}

function bundleOf(scene: Scene, rng: SeededRng, deploymentId = scene.deploymentId) {
  const isNeighbour = deploymentId !== scene.deploymentId;
  const base = scene.bundle({ deploymentId, ...(isNeighbour && { number: null }) }).bundle.resources;
  const lasting = [...lastingResources(rng, "own"), ...lastingResources(rng, "account")];
  const prompt = `words ${rng.between(1, 1_000_000)}`;
  const resources = [...lasting, ...base.map((one) => ("prompt" in one.fields ? { ...one, fields: { prompt } } : one))];
  return scene.bundle({ deploymentId, ...(isNeighbour && { number: null }), patch: { resources } });
}

/** What vendors have of everything but one slot's own objects, and what of it the deployment counts as its own. */
function snapshot(scene: Scene, without: "blue" | "green") {
  const { bindings } = scene.state;
  const slotIds = new Set(bindings.filter(({ slot }) => slot === without).map(({ externalId }) => externalId));
  return {
    objects: new Map(
      scene.world
        .present()
        .filter(({ externalId }) => !slotIds.has(externalId))
        .map(({ externalId, kind, fields, published }) => [externalId, { kind, fields, published }]),
    ),
    bound: bindings
      .filter(({ slot }) => slot !== without)
      .map(({ address, slot, externalId }) => `${slot ?? ""}:${address} ${externalId}`)
      .toSorted(),
  };
}

async function settled(scene: Scene, deploymentId = scene.deploymentId): Promise<string> {
  const phase = () => scene.database.state(deploymentId).rollouts.at(-1)?.phase ?? "";
  const end = scene.clock.now() + 3_600_000;
  do {
    if (scene.clock.now() > end) throw new Error(`stuck in ${phase()}`);
    await scene.play(scene.engine.advance(TENANT_ID, deploymentId));
    await scene.play(scene.clock.sleep(200));
  } while (!terminalPhases.has(phase() as never) && phase() !== "held");
  return phase();
}

/** Clicks rollback when the engine passes its `nth` fault point, or in bake at the latest. Answers what the click did. */
async function goBackAt(scene: Scene, nth: number): Promise<string> {
  let passed = 0;
  let clicked = "";
  const click = async () => {
    clicked = await scene.operator.rollback(scene.deploymentId);
  };
  setFaultHook(() => (clicked === "" && (passed += 1) === nth ? click() : undefined));
  try {
    await scene.until(() => clicked !== "" || ["baking", "held", "failed"].includes(scene.rollout().phase), 3_600_000);
  } finally {
    setFaultHook(undefined);
  }
  if (clicked === "" && scene.rollout().phase !== "failed") await click();
  for (let tries = 0; (await settled(scene)) === "held" && tries < 20; tries += 1)
    await scene.operator.ask(scene.deploymentId, "resume");
  return clicked;
}

const policies: Partial<RolloutPolicy>[] = [
  { bakeMs: 600_000 },
  {
    bakeMs: 600_000,
    strategy: {
      kind: "canary",
      steps: [
        { weightBp: 500, watchMs: 600 },
        { weightBp: 2500, watchMs: 600 },
      ],
    },
  },
];

/** A scene with a neighbour on the same account, and what brings another random release of either live. */
function neighbourhood(seed: number) {
  const rng = new SeededRng(seed);
  const scene = new Scene({ seed });
  seedDeployment(scene.database, scene.world, { deploymentId: NEIGHBOUR, number: null });
  const rollOut = async (deploymentId: string): Promise<void> => {
    const { bundle, hash } = bundleOf(scene, rng, deploymentId);
    const policy = { approval: "none", promotion: "automatic", bakeMs: 0, approvalTtlMs: 60_000 } as const;
    await scene.operator.start(deploymentId, { bundle, bundleHash: hash, policy });
    if ((await settled(scene, deploymentId)) === "held") {
      await scene.operator.ask(deploymentId, "abort");
      await settled(scene, deploymentId);
    }
  };
  return { rng, scene, rollOut };
}

/** One story: releases go live, one more is started and rolled back at a random moment. */
async function story(seed: number) {
  const { rng, scene, rollOut } = neighbourhood(seed);
  await rollOut(scene.deploymentId);
  if (rng.chance(0.5)) await rollOut(scene.deploymentId);
  if (rng.chance(0.5)) await rollOut(NEIGHBOUR);
  if (scene.state.pointer.active === "none") return null;
  const target = otherSlot(scene.state.pointer.active);
  const next = bundleOf(scene, rng);
  await scene.operator.start(scene.deploymentId, {
    bundle: next.bundle,
    bundleHash: next.hash,
    policy: { approval: "none", promotion: "automatic", bakeMs: 0, approvalTtlMs: 60_000, ...rng.pick(policies) },
  });
  const before = snapshot(scene, target);
  if (seed % 3 === 0) scene.faults = hostileFaults;
  const clicked = await goBackAt(scene, rng.between(1, 90));
  scene.faults = noFaults;
  return { scene, clicked, before, after: snapshot(scene, target), target };
}

/** How lasting the plan called what it did to an object. */
function declared(scene: Scene, externalId: string): Set<string> {
  const plan = scene.database.plans.get(scene.rollout().planId ?? "");
  const bound = scene.state.bindings.find((binding) => binding.externalId === externalId)?.address;
  const changes = plan?.changes.filter((change) => change.externalId === externalId || change.address === bound);
  return new Set(changes?.map(({ reversible }) => reversible));
}

type Told = NonNullable<Awaited<ReturnType<typeof story>>>;

function differences({ scene, before, after, clicked }: Told): string[] {
  const ids = new Set([...before.objects.keys(), ...after.objects.keys()]);
  return [...ids].flatMap((id) => {
    const [was, is] = [before.objects.get(id), after.objects.get(id)];
    if (was !== undefined && is !== undefined && canonicalJson(was) === canonicalJson(is)) return [];
    const word = declared(scene, id);
    const isDeclared = word.has("no") || (word.has("until-switch") && clicked === "rollback");
    const onlyGrew = is !== undefined && (was === undefined || isWithin(was.fields, is.fields));
    if (isDeclared && onlyGrew) return [];
    return [`${id}: ${canonicalJson(was ?? null)} became ${canonicalJson(is ?? null)}`];
  });
}

describe("a rollout that went back", () => {
  it(`leaves what vendors have as it was before (${SEEDS} random releases, moments and neighbours)`, async () => {
    const told = { rollback: 0, abort: 0 };
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const one = await story(seed);
      if (one === null || (one.clicked !== "rollback" && one.clicked !== "abort")) continue;
      told[one.clicked] += 1;
      expect(one.scene.rollout().phase, `seed ${seed}`).toBe(one.clicked === "abort" ? "aborted" : "rolled-back");
      expect(differences(one), `seed ${seed}`).toEqual([]);
      if (one.clicked === "abort") expect(one.after.bound, `seed ${seed}`).toEqual(one.before.bound);
    }
    expect(told.rollback).toBeGreaterThan(SEEDS / 8);
    expect(told.abort).toBeGreaterThan(SEEDS / 8);
  });

  it("takes nothing away that a neighbour on the account has come to need meanwhile", async () => {
    let rolledBack = 0;
    for (let seed = 1; seed <= SEEDS / 3; seed += 1) {
      const { rng, scene, rollOut } = neighbourhood(seed);
      await rollOut(scene.deploymentId);
      const next = bundleOf(scene, rng);
      await scene.start({ patch: { resources: next.bundle.resources } }, { bakeMs: 600_000 });
      await scene.until(() => ["baking", "held"].includes(scene.rollout().phase));
      await rollOut(NEIGHBOUR);
      const neighbour = scene.database.state(NEIGHBOUR);
      if (scene.rollout().phase !== "baking" || neighbour.pointer.active === "none") continue;
      await scene.operator.rollback(scene.deploymentId);
      expect(await settled(scene)).toBe("rolled-back");
      rolledBack += 1;
      const needed = scene.database.bundles.get(neighbour.slots[neighbour.pointer.active].bundleHash ?? "");
      for (const { address, fields, owner } of needed?.resources ?? []) {
        if (owner !== "connection") continue;
        const id = neighbour.bindings.find((binding) => binding.address === address)?.externalId ?? "";
        expect(isWithin(fields, scene.world.read(id)?.fields ?? {}), `seed ${seed}: ${address}`).toBe(true);
      }
    }
    expect(rolledBack).toBeGreaterThan(SEEDS / 12);
  });

  it("keeps what it made anew because the live release needs it", async () => {
    const scene = new Scene();
    await scene.start({ hasCalendar: true });
    await scene.untilPhase("succeeded");
    const [calendar] = scene.world.present().filter(({ kind }) => kind === "calendar.calendar");
    scene.world.remove(calendar?.externalId ?? "");
    await scene.start({ prompt: "two", hasCalendar: true }, { bakeMs: 600_000 });
    await scene.untilPhase("baking", "held");
    await scene.operator.rollback(scene.deploymentId);
    await scene.untilPhase("rolled-back", "held");
    const kinds = scene.world.present().map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "calendar.calendar")).toHaveLength(1);
    expect(scene.state.bindings.some(({ kind }) => kind === "calendar.calendar")).toBe(true);
  });

  it("leaves what may hold data once calls were on it, and an abort takes it away", async () => {
    for (const way of ["abort", "rollback"] as const) {
      const scene = new Scene();
      await scene.start();
      await scene.untilPhase("succeeded");
      const policy = way === "abort" ? ({ promotion: "manual" } as const) : { bakeMs: 600_000 };
      await scene.start({ properties: ["lead_source"] }, policy);
      await scene.untilPhase(way === "abort" ? "awaiting-promotion" : "baking", "held");
      expect(await scene.operator.rollback(scene.deploymentId)).toBe(way);
      await scene.untilPhase("rolled-back", "aborted", "held");
      const plan = scene.database.plans.get(scene.rollout().planId ?? "");
      expect(plan?.changes.find(({ kind }) => kind === "crm.property")?.reversible).toBe("until-switch");
      expect(scene.world.present().some(({ kind }) => kind === "crm.property")).toBe(way === "rollback");
    }
  });
});
