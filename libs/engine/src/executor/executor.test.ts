import { VendorError, type VendorFault } from "@tandem/kernel";
import { noFaults, Scene, SETTLE_MS } from "@tandem/testkit";
import { describe, expect, it } from "vitest";

/** Lets one write of a scene fail with a given error, once or always, before anything happens at the vendor. */
function failWrites(
  scene: Scene,
  fault: VendorFault,
  options: { readonly times?: number; readonly retryAfterMs?: number } = {},
) {
  let left = options.times ?? Number.POSITIVE_INFINITY;
  const create = scene.world.create.bind(scene.world);
  scene.world.create = (...input) => {
    if (left > 0) {
      left -= 1;
      throw new VendorError("no", {
        vendor: "memory",
        operation: "create",
        fault,
        effect: "none",
        ...(options.retryAfterMs !== undefined && { retryAfterMs: options.retryAfterMs }),
      });
    }
    return create(...input);
  };
  return { stop: () => (left = 0) };
}

describe("what a failed write leads to", () => {
  it.each([
    ["unauthorized", "credential-refused"],
    ["forbidden", "permission-missing"],
    ["payment", "account-payment"],
    ["invalid", "vendor-invalid"],
    ["conflict", "vendor-conflict"],
  ] as const)("%s is held at once as %s, and goes on after resume", async (fault, code) => {
    const scene = new Scene();
    const failing = failWrites(scene, fault);
    await scene.start();
    await scene.untilPhase("held");
    expect(scene.rollout()).toMatchObject({ heldPhase: "applying", reason: { code } });
    expect(scene.rollout().reason?.nextAction).not.toBe("");
    expect(scene.state.slots.blue.state).toBe("tainted");
    expect(scene.world.ledger).toEqual([]);
    failing.stop();
    await scene.operator.ask(scene.deploymentId, "resume");
    await scene.untilPhase("succeeded");
    expect(scene.world.present().length).toBe(2);
  });

  it("waits as long as a throttled vendor asks, with the intent taken back", async () => {
    const scene = new Scene();
    failWrites(scene, "throttled", { times: 1, retryAfterMs: 7000 });
    await scene.start();
    await scene.until(() => scene.rollout().reason?.code === "vendor-throttled");
    const [step] = scene.view.steps;
    expect(step).toMatchObject({ state: "pending", attempt: 1 });
    expect(Date.parse(step?.notBefore ?? "") - scene.clock.now()).toBeGreaterThan(6500);
    const since = scene.clock.now();
    await scene.until(() => scene.world.ledger.length > 0);
    expect(scene.clock.now() - since).toBeGreaterThan(6000);
    await scene.untilPhase("succeeded");
  });

  it("backs off six times from a vendor that is down, then is held", async () => {
    const scene = new Scene();
    failWrites(scene, "unavailable");
    await scene.start();
    await scene.untilPhase("held");
    expect(scene.rollout().reason?.code).toBe("vendor-unavailable");
    expect(scene.view.steps[0]).toMatchObject({ state: "pending", attempt: 6 });
  });
});

describe("a write of unknown outcome", () => {
  it("is found again by its key and adopted, not repeated", async () => {
    const scene = new Scene({ faults: { ...noFaults, listLagMs: 2000 } });
    scene.atPoint("step.intent.after", () => {
      scene.faults = { ...noFaults, lostResponse: 1, listLagMs: 2000 };
    });
    await scene.start();
    await scene.until(() => scene.world.ledger.length === 1);
    scene.faults = { ...noFaults, listLagMs: 2000 };
    await scene.untilPhase("succeeded");
    expect(scene.world.ledger.filter(({ verb }) => verb === "create").length).toBe(2);
    expect(scene.database.events.some(({ payload }) => payload["result"] === "adopted")).toBe(true);
  });

  it("is not looked up too early by an engine whose views are long on their way", async () => {
    const lagging = { ...noFaults, listLagMs: SETTLE_MS };
    const scene = new Scene({
      faults: lagging,
      settings: { leaseMs: 20_000, renewMs: 5000 },
      overTheWire: (store, clock) => ({
        ...store,
        view: async (tenantId, deploymentId) => {
          await clock.sleep(2500);
          return store.view(tenantId, deploymentId);
        },
      }),
    });
    scene.atPoint("step.intent.after", () => {
      scene.faults = { ...lagging, lostResponse: 1 };
      scene.world.onEffect = () => {
        scene.faults = lagging;
      };
    });
    await scene.start();
    await scene.untilPhase("succeeded");
    expect(scene.world.ledger.filter(({ verb }) => verb === "create").length).toBe(2);
    expect(scene.world.present().length).toBe(2);
  });

  it("is looked up again after a throttled try: what arrives late, beyond any bound, is not made twice", async () => {
    const scene = new Scene();
    const create = scene.world.create.bind(scene.world);
    let arriveLate: (() => void) | undefined;
    scene.world.create = (...input) => {
      scene.world.create = create;
      arriveLate = () => void create(...input);
      throw new VendorError("no", {
        vendor: "memory",
        operation: "create",
        fault: "throttled",
        effect: "none",
        retryAfterMs: 20_000,
      });
    };
    scene.atPoint("step.intent.after", () => {
      scene.faults = { ...noFaults, dropped: 1 };
    });
    await scene.start();
    await scene.until(() => scene.view.steps.some(({ state }) => state === "intent"));
    scene.faults = noFaults;
    await scene.until(() => scene.rollout().reason?.code === "vendor-throttled");
    arriveLate?.();
    await scene.untilPhase("succeeded");
    expect(scene.world.ledger.filter(({ verb }) => verb === "create").length).toBe(2);
    expect(scene.events()).not.toContain("duplicates-found");
  });

  it("leaves one object when two came into being: the oldest is adopted, the other deleted through the journal", async () => {
    const scene = new Scene();
    scene.atPoint("step.intent.after", () => {
      scene.faults = { ...noFaults, lostResponse: 1 };
    });
    await scene.start();
    await scene.until(() => scene.world.ledger.length === 1);
    scene.faults = noFaults;
    const [first] = scene.world.present();
    if (first === undefined) throw new Error("nothing was made");
    await scene.play(scene.clock.sleep(100));
    const twin = scene.world.create(first.kind, first.externalKey, { fields: first.fields, publishes: false });
    await scene.untilPhase("succeeded");
    expect(scene.world.read(first.externalId)).not.toBeNull();
    expect(scene.world.read(twin.externalId)).toBeNull();
    expect(scene.state.bindings.find(({ kind }) => kind === first.kind)?.externalId).toBe(first.externalId);
    expect(scene.events()).toContain("duplicates-found");
  });

  it("keeps the binding of what was adopted when the other is deleted in the same look", async () => {
    const scene = new Scene();
    scene.atPoint("step.intent.after", () => {
      scene.faults = { ...noFaults, lostResponse: 1 };
    });
    await scene.start();
    await scene.until(() => scene.world.ledger.length === 1);
    scene.faults = noFaults;
    const [first] = scene.world.present();
    if (first === undefined) throw new Error("nothing was made");
    await scene.play(scene.clock.sleep(100));
    scene.world.create(first.kind, first.externalKey, { fields: first.fields, publishes: false });
    const read = scene.world.read.bind(scene.world);
    scene.world.read = (...input) => {
      if (!scene.events().includes("duplicates-found")) return read(...input);
      scene.world.read = read;
      return null; // the adoption does not come about in the look that laid out the deletion
    };
    await scene.until(() => scene.world.read(first.externalId) === null || scene.events().includes("smoke-reported"));
    expect(scene.state.bindings.find(({ kind }) => kind === first.kind)?.externalId).toBe(first.externalId);
    await scene.untilPhase("succeeded");
    expect(scene.world.present().length).toBe(2);
  });

  it("is held as outside its contract when the vendor keeps something else", async () => {
    const scene = new Scene();
    const create = scene.world.create.bind(scene.world);
    scene.world.create = (kind, key, wish) =>
      create(kind, key, { ...wish, fields: { ...wish.fields, prompt: "something else" } });
    await scene.start();
    await scene.untilPhase("held");
    expect(scene.rollout()).toMatchObject({ heldPhase: "applying", reason: { code: "vendor-contract" } });
    expect(scene.state.slots.blue).toMatchObject({ state: "tainted", readyBundleHash: null });
    expect(scene.state.pointer.active).toBe("none");
  });
});

describe("the guard before every write", () => {
  it("refuses an operation on the active slot, whatever journal and plan say", async () => {
    const scene = new Scene();
    await scene.start({ prompt: "one" });
    await scene.untilPhase("succeeded");
    await scene.start({ prompt: "two" });
    scene.atPoint("apply.begin.before", () => {
      scene.atPoint("transition.after", () => {
        const { id } = scene.rollout();
        const steps = scene.state.steps[id] ?? [];
        const misdirected = steps.map((step) => ({ ...step, operation: { ...step.operation, slot: "blue" as const } }));
        scene.database.deployments.set(scene.deploymentId, {
          ...scene.state,
          steps: { ...scene.state.steps, [id]: misdirected },
        });
      });
    });
    const before = scene.world.ledger.length;
    await scene.untilPhase("held");
    expect(scene.rollout().reason).toMatchObject({ code: "outside-slot" });
    expect(scene.world.ledger.length).toBe(before);
  });
});
