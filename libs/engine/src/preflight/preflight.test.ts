import type { DriftDecision } from "@tandem/domain/drift";
import type { Finding } from "@tandem/domain/plan";
import { type BundleWish, CONNECTION_ID, noFaults, Scene, type SceneOptions, STORED_ROUTING } from "@tandem/testkit";
import { describe, expect, it } from "vitest";

/** Findings of a plan command, which writes nothing anywhere. */
async function findingsOf(
  wish: Partial<BundleWish>,
  options: SceneOptions = {},
  prepare: (scene: Scene) => void | Promise<void> = () => {},
): Promise<readonly Finding[]> {
  const scene = new Scene(options);
  await prepare(scene);
  const { bundle, hash } = scene.bundle(wish);
  scene.database.bundles.set(hash, bundle);
  const before = scene.world.ledger.length;
  scene.database.commands.set("p1", {
    command: {
      id: "p1",
      tenantId: scene.view.deployment.tenantId,
      kind: "plan",
      subjectId: scene.deploymentId,
      bundleHash: hash,
      requestedBy: "user:author",
    },
    claimedUntilMs: 0,
    result: null,
  });
  await scene.play(scene.engine.runCommands());
  expect(scene.world.ledger.length).toBe(before);
  const plan = scene.database.plans.get("p1");
  if (plan === undefined) throw new Error(JSON.stringify(scene.database.commands.get("p1")?.result));
  return plan.findings;
}

const codes = (findings: readonly Finding[]): string[] => findings.map(({ severity, code }) => `${severity} ${code}`);
const route = (patch: Partial<typeof STORED_ROUTING>) => (scene: Scene) => {
  for (const [number, routing] of scene.world.routings) scene.world.routings.set(number, { ...routing, ...patch });
};
const credential = (patch: { smokeWrites?: "none"; credentialVersion?: null }) => (scene: Scene) => {
  const [connection] = scene.database.connections;
  if (connection !== undefined) scene.database.connections.splice(0, 1, { ...connection, ...patch });
};
const booking = {
  name: "book",
  description: "",
  operation: "calendar.book",
  arguments: {},
  settings: {},
  acknowledgement: "",
  timeoutMs: 500,
} as const;

const inProduction: Partial<BundleWish> = {
  patch: { deployment: { ...new Scene().bundle().bundle.deployment, environment: "production" } },
};

describe("preflight", () => {
  it("finds nothing wrong with a healthy deployment but what it will adopt", async () => {
    const findings = await findingsOf({});
    expect(codes(findings)).toEqual(["note number-adoptable"]);
    expect(findings[0]?.detail).toBe(`now ${STORED_ROUTING.voiceUrl}`);
  });

  it.each<[string, Partial<BundleWish>, SceneOptions, (scene: Scene) => void]>([
    ["error permission-missing", {}, { vendors: { probe: { grantedScopes: [] } } }, () => {}],
    ["note permissions-unknown", {}, { vendors: { probe: { grantedScopes: null } } }, () => {}],
    ["error account-not-active", {}, { vendors: { probe: { status: "suspended" } } }, () => {}],
    ["error credential-expired", {}, { vendors: { probe: { expiresAt: "2025-01-01T00:00:00.000Z" } } }, () => {}],
    ["warning credential-expiring", {}, { vendors: { probe: { expiresAt: "2026-01-10T00:00:00.000Z" } } }, () => {}],
    ["error account-unpaid", {}, { vendors: { probe: { status: "unpaid" } } }, () => {}],
    ["warning account-trial-only", {}, { vendors: { probe: { status: "trial" } } }, () => {}],
    ["error account-on-trial", inProduction, { vendors: { probe: { status: "trial" } } }, () => {}],
    ["error credential-missing", {}, {}, credential({ credentialVersion: null })],
    ["error number-not-owned", {}, {}, (scene) => scene.world.routings.clear()],
    ["warning trunk-dropped", {}, {}, route({ trunkId: "TK1" })],
    ["warning application-overridden", {}, {}, route({ applicationId: "AP1" })],
    [
      "error audio-mismatch",
      {
        patch: {
          agent: {
            kind: "retell-llm",
            resource: "voice-agent.agent/main",
            language: "en-US",
            endpointingMs: 500,
            audio: { encoding: "opus", sampleRateHz: 48_000 },
          },
        },
      },
      {},
      () => {},
    ],
    ["error forwarding-loop", { patch: { fallbackNumber: "+15550100001" } }, {}, () => {}],
    [
      "error agent-undeclared",
      {
        patch: {
          agent: {
            kind: "retell-llm",
            resource: "voice-agent.agent/other",
            language: "en-US",
            endpointingMs: 500,
            audio: { encoding: "mulaw", sampleRateHz: 8000 },
          },
        },
      },
      {},
      () => {},
    ],
    [
      "note reduced-evidence",
      {
        patch: {
          tools: [booking],
          smoke: [{ name: "s", steps: [{ do: "tool", tool: "book", arguments: {}, expect: "success" }] }],
        },
      },
      {},
      credential({ smokeWrites: "none" }),
    ],
    [
      "note reduced-evidence",
      {
        patch: {
          tools: [booking],
          smoke: [{ name: "s", steps: [{ do: "expect-tool", tool: "book", outcome: "success" }] }],
        },
      },
      {},
      credential({ smokeWrites: "none" }),
    ],
    ["error ingress-unreachable", {}, { ingress: { isUnreachable: true } }, () => {}],
    ["error concurrency-spent", {}, { vendors: { concurrency: { current: 10, limit: 10 } } }, () => {}],
    ["warning concurrency-low", {}, { vendors: { concurrency: { current: 8, limit: 10 } } }, () => {}],
    ["error concurrency-short", {}, { vendors: { concurrency: { current: 0, limit: 2 } } }, () => {}],
    [
      "error concurrency-short",
      {},
      { vendors: { concurrency: { current: 0, limit: 10 } } },
      (scene) => void scene.database.busiestCalls.set(CONNECTION_ID, 9),
    ],
    ["note vendors-measured", {}, { settings: { vendorSamples: 20 } }, () => {}],
    [
      "warning vendor-slow",
      { patch: { tools: [{ ...booking, operation: "crm.upsert-contact" }] } },
      { settings: { vendorSamples: 20 }, faults: { ...noFaults, slow: 1 } },
      () => {},
    ],
  ])("raises %s", async (expected, wish, options, prepare) => {
    expect(codes(await findingsOf(wish, options, prepare))).toContain(expected);
  });

  it("refuses the vendor's own transfer in a hosted agent, however deep it stands", async () => {
    const scene = new Scene();
    const { bundle } = scene.bundle();
    const resources = bundle.resources.map((resource) =>
      resource.address === "voice-agent.llm/main"
        ? { ...resource, fields: { prompt: "x", states: [{ tools: [{ type: "transfer_call", number: "+1" }] }] } }
        : resource,
    );
    expect(codes(await findingsOf({ patch: { resources } }))).toContain("error vendor-transfer-refused");
  });

  it("names what was changed or removed outside Tandem, without stopping the rollout that mends it", async () => {
    const disturb = async (scene: Scene) => {
      await scene.start();
      await scene.untilPhase("succeeded");
      const [llm, agent] = ["voice-agent.llm", "voice-agent.agent"].map(
        (kind) => scene.world.present().find((object) => object.kind === kind)?.externalId ?? "",
      );
      scene.world.change("update", llm ?? "", { prompt: "edited" });
      scene.world.remove(agent ?? "");
    };
    const findings = await findingsOf({ prompt: "next" }, {}, disturb);
    expect(findings.map(({ severity, code, address }) => `${severity} ${code} ${address}`).toSorted()).toEqual([
      "warning live-object-missing blue:voice-agent.agent/main",
      "warning object-drifted blue:voice-agent.llm/main",
    ]);
  });

  it("says exactly which permissions to grant", async () => {
    const findings = await findingsOf({}, { vendors: { probe: { grantedScopes: [] } } });
    expect(findings.find(({ code }) => code === "permission-missing")?.fix).toBe("Grant at the vendor: objects:write.");
  });

  it("stops a rollout whose credential ends before its bake does, which a shorter bake would not", async () => {
    const endsIn = async (expiresInMs: number) => {
      const clock = new Scene().clock;
      const expiresAt = new Date(clock.now() + expiresInMs).toISOString();
      const scene = new Scene({ vendors: { probe: { expiresAt } } });
      await scene.start({}, { bakeMs: 60_000 });
      await scene.untilPhase("held", "baking");
      return `${scene.rollout().phase} ${scene.rollout().reason?.detail ?? ""}`;
    };
    expect(await endsIn(50_000)).toMatch(/^held credential-ends-in-bake/);
    expect(await endsIn(3_600_000)).toMatch(/^baking/);
  });

  it("is silent about drift that somebody ignores or has adopted, until it goes further", async () => {
    const decided = (changes: Partial<DriftDecision>) => async (scene: Scene) => {
      await scene.start();
      await scene.untilPhase("succeeded");
      const llm = scene.world.present().find(({ kind }) => kind === "voice-agent.llm");
      scene.world.change("update", llm?.externalId ?? "", { prompt: "edited", model: "other" });
      const decision = { address: "voice-agent.llm/main", slot: "blue", answer: "ignore", paths: ["prompt", "model"] };
      scene.database.driftDecisions.set(scene.deploymentId, [
        { ...decision, until: "2099-01-01T00:00:00.000Z", adoptedHash: null, ...changes } as DriftDecision,
      ]);
    };
    const drifted = async (changes: Partial<DriftDecision>) =>
      (await findingsOf({ prompt: "next" }, {}, decided(changes))).find(({ code }) => code === "object-drifted")
        ?.detail;
    expect(await drifted({})).toBeUndefined();
    expect(await drifted({ paths: ["prompt"] })).toBe("model");
    expect(await drifted({ until: "2020-01-01T00:00:00.000Z" })).toBe("prompt, model");
    expect(await drifted({ answer: "revert", until: null })).toBe("prompt, model");
    expect(await drifted({ answer: "adopt", until: null, adoptedHash: "of something else" })).toBe("prompt, model");
  });

  it("does not take the same digits in another account for the number that was attached", async () => {
    const findings = await findingsOf({ prompt: "next" }, {}, async (scene) => {
      await scene.start();
      await scene.untilPhase("succeeded");
      const { deployment } = scene.state;
      scene.state.deployment = { ...deployment, connections: { ...deployment.connections, telephony: "other" } };
    });
    expect(codes(findings)).toContain("error number-account-changed");
  });

  it("does not let another number slip under an attached deployment", async () => {
    const findings = await findingsOf({ prompt: "next" }, {}, async (scene) => {
      await scene.start();
      await scene.untilPhase("succeeded");
      route({ numberId: "PN-other" })(scene);
    });
    expect(codes(findings)).toContain("error number-changed");
  });

  it("collects all findings: a vendor that is down hides none of the others", async () => {
    const findings = await findingsOf(
      { patch: { fallbackNumber: "+15550100001" } },
      { faults: { ...noFaults, throttled: 0 }, vendors: { probe: { grantedScopes: [] } } },
      (scene) => scene.world.routings.clear(),
    );
    expect(codes(findings)).toEqual(
      expect.arrayContaining(["error permission-missing", "error number-not-owned", "error forwarding-loop"]),
    );
  });

  it("holds a rollout with errors and goes on when they are mended", async () => {
    const scene = new Scene();
    const [[number, routing] = []] = [...scene.world.routings];
    scene.world.routings.clear();
    await scene.start();
    await scene.untilPhase("held");
    expect(scene.rollout()).toMatchObject({
      heldPhase: "preflighting",
      reason: { code: "findings-blocked", detail: "number-not-owned (telephony.number/main)" },
    });
    if (number !== undefined && routing !== undefined) scene.world.routings.set(number, routing);
    await scene.operator.ask(scene.deploymentId, "resume");
    await scene.untilPhase("succeeded");
  });
});
