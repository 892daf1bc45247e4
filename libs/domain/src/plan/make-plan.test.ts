import type { JsonObject } from "@tandem/kernel";
import { describe, expect, it } from "vitest";
import type { ReleaseBundle } from "../release/index.ts";
import type { Plan } from "./change.ts";
import { compileOperations } from "./compile-operations.ts";
import { makePlan, planHash } from "./make-plan.ts";
import { kinds, resource, RESOURCES, BUNDLE, pointerAt, OUR_ROUTING, firstInput } from "./test-support/plan-fixture.ts";
import {
  performed,
  afterRollout,
  observing,
  one,
  actions,
  nextBundle,
  withBundle,
  settled,
  type World,
} from "./test-support/plan-world.ts";

describe("a first plan", () => {
  const plan = makePlan(firstInput());

  it("creates everything in blue, attaches the number, and deletes nothing", () => {
    expect(plan.targetSlot).toBe("blue");
    expect(actions(plan)).toEqual({
      "apply calendar.calendar/callbacks": "create",
      "apply crm.property-group/after-hours": "create",
      "apply crm.property/call-urgency": "create",
      "apply voice-agent.llm/main": "create",
      "apply voice-agent.agent/main": "create",
      "attach telephony.number/main": "update",
    });
  });

  it("puts dependencies first and writes create and publish as the kinds say", () => {
    const { apply, attach, retire } = compileOperations(plan, kinds);
    expect(apply.map(({ verb, address }) => `${verb} ${address}`)).toEqual([
      "create calendar.calendar/callbacks",
      "create crm.property-group/after-hours",
      "create crm.property/call-urgency",
      "create voice-agent.llm/main",
      "create voice-agent.agent/main",
      "publish voice-agent.agent/main",
    ]);
    expect(attach.map(({ seq, fields }) => ({ seq, fields }))).toEqual([{ seq: 6, fields: OUR_ROUTING }]);
    expect(retire).toEqual([]);
    expect([...apply, ...attach].every((operation) => operation.planHash === plan.hash)).toBe(true);
  });

  it("says which values wait for another operation", () => {
    const fields = one(plan, "voice-agent.agent/main")?.fields ?? [];
    expect(fields.filter((field) => field.knownAfterApply).map(({ path }) => path)).toEqual(["llmId", "llmVersion"]);
    expect(fields.find(({ path }) => path === "voiceId")?.source).toBe("tenant-overlay");
    expect(fields.find(({ path }) => path === "boostedKeywords")?.source).toBe("tenant-overlay");
  });

  it("has one hash for the same input, whatever its id and time", () => {
    expect(makePlan(firstInput({ id: "other", createdAt: "2027-01-01T00:00:00.000Z", createdBy: "x" })).hash).toBe(
      plan.hash,
    );
    expect(planHash(JSON.parse(JSON.stringify(plan)) as Plan)).toBe(plan.hash);
    expect(makePlan(firstInput({ stateSerial: 8 })).hash).not.toBe(plan.hash);
  });
});

describe("a plan of what is already there", () => {
  it("has only no-ops and compiles to no operation", () => {
    const { input } = settled();
    const plan = makePlan(input);
    expect(plan.targetSlot).toBe("green");
    expect(new Set(plan.changes.map(({ action }) => action))).toEqual(new Set(["no-op"]));
    expect(plan.callerChanges).toEqual([]);
    expect(compileOperations(plan, kinds)).toEqual({ apply: [], attach: [], retire: [] });
  });

  it("does not depend on the order of members of what was read", () => {
    const { input, world } = settled();
    const shuffled = new Map(
      [...world.objects].map(([id, object]) => [
        id,
        { ...object, fields: Object.fromEntries(Object.entries(object.fields).toReversed()) },
      ]),
    );
    expect(makePlan(observing(input, { ...world, objects: shuffled }, "green")).hash).toBe(makePlan(input).hash);
  });
});

describe("changes of slot-owned resources", () => {
  const changed = (changes: Record<string, JsonObject>): Plan => {
    const { input } = settled();
    return makePlan(withBundle(input, nextBundle(changes)));
  };

  it("updates in place what the kind can update, with reason, source and caller effect", () => {
    const plan = changed({ "voice-agent.agent/main": { voiceId: "11labs-Dorothy" } });
    expect(one(plan, "voice-agent.agent/main")).toMatchObject({
      action: "update",
      slot: "green",
      reason: { code: "changed", text: "voiceId changed from tenant overlay" },
      risk: "medium",
      reversible: "until-retire",
      callerEffect: "how the agent sounds and listens",
      fields: [
        {
          path: "voiceId",
          operation: "set",
          before: "11labs-Adrian",
          after: "11labs-Dorothy",
          source: "tenant-overlay",
        },
      ],
    });
    expect(compileOperations(plan, kinds).apply.map(({ verb }) => verb)).toEqual(["draft", "update", "publish"]);
    expect(plan.changes.filter(({ action }) => action !== "no-op")).toHaveLength(1);
  });

  it("replaces what cannot be updated and whatever must follow it, dependents deleted first", () => {
    const plan = changed({ "voice-agent.llm/main": { prompt: "Another prompt." } });
    expect(actions(plan)).toMatchObject({
      "apply voice-agent.llm/main": "replace",
      "apply voice-agent.agent/main": "replace",
    });
    const { apply } = compileOperations(plan, kinds);
    expect(apply.map(({ verb, address }) => `${verb} ${address}`)).toEqual([
      "delete voice-agent.agent/main",
      "delete voice-agent.llm/main",
      "create voice-agent.llm/main",
      "create voice-agent.agent/main",
      "publish voice-agent.agent/main",
    ]);
    expect(apply.filter(({ verb }) => verb === "create").every(({ externalId }) => externalId === null)).toBe(true);
  });

  it("updates a dependent when only the version it refers to will change", () => {
    const { input } = settled();
    const inPlace: typeof kinds = (vendor, name) =>
      name === "voice-agent.llm" ? { ...kinds(vendor, name)!, onUpdate: ["draft", "update"] } : kinds(vendor, name);
    const plan = makePlan({
      ...withBundle(input, nextBundle({ "voice-agent.llm/main": { temperature: 0.3 } })),
      kinds: inPlace,
    });
    expect(one(plan, "voice-agent.llm/main")?.action).toBe("update");
    expect(one(plan, "voice-agent.agent/main")).toMatchObject({
      action: "update",
      fields: [{ path: "llmVersion", knownAfterApply: true }],
    });
  });

  it("leads to a plan of no-ops once it has been applied", () => {
    const { input, world } = settled();
    const next = withBundle(
      input,
      nextBundle({
        "voice-agent.llm/main": { prompt: "Another prompt." },
        "crm.property-group/after-hours": { label: "Calls" },
      }),
    );
    const done = performed(world, compileOperations(makePlan(next), kinds).apply, "green");
    const again = makePlan(observing(next, done, "green"));
    expect(compileOperations(again, kinds).apply).toEqual([]);
  });

  it("deletes what the inactive slot has and the bundle has not, users before used", () => {
    const { input } = settled();
    const bundle = { ...BUNDLE, resources: RESOURCES.filter(({ owner }) => owner !== "slot") };
    const { apply } = compileOperations(makePlan(withBundle(input, bundle)), kinds);
    expect(apply.map(({ verb, address, slot }) => `${verb} ${address} ${slot}`)).toEqual([
      "delete voice-agent.agent/main green",
      "delete voice-agent.llm/main green",
    ]);
  });

  it("tells a slot that lags behind from a real change", () => {
    const { input, world } = settled();
    const bundle = nextBundle({ "voice-agent.agent/main": { voiceId: "11labs-Dorothy" } });
    const filled = performed(world, compileOperations(makePlan(withBundle(input, bundle)), kinds).apply, "green");
    const behind = makePlan(afterRollout(withBundle(input, bundle), filled, "green"));
    expect(behind.targetSlot).toBe("blue");
    expect(one(behind, "voice-agent.agent/main")).toMatchObject({
      action: "update",
      risk: "low",
      reason: { code: "behind-live" },
    });
    expect(one(behind, "voice-agent.agent/main")?.callerEffect).toBeUndefined();
  });
});

describe("what was found otherwise than left", () => {
  const edited = (fields: JsonObject, more: Partial<World> = {}): Plan => {
    const { input, world } = settled();
    const green =
      world.bindings.find(({ address, slot }) => address === "voice-agent.agent/main" && slot === "green")
        ?.externalId ?? "";
    const objects = new Map(world.objects);
    const agent = objects.get(green)!;
    objects.set(green, { ...agent, fields: { ...agent.fields, ...fields } });
    return makePlan(observing(input, { ...world, objects, ...more }, "green"));
  };

  it("puts back what was changed at the vendor and says so", () => {
    expect(one(edited({ voiceId: "rogue" }), "voice-agent.agent/main")).toMatchObject({
      action: "update",
      reason: { code: "drifted", text: expect.stringContaining("voiceId") as string },
    });
  });

  it("makes anew what is gone", () => {
    expect(one(edited({}, { objects: new Map() }), "voice-agent.llm/main")).toMatchObject({
      action: "create",
      reason: { code: "vanished" },
      externalId: null,
    });
  });

  it("never trusts a tainted slot: all that it owns is written again", () => {
    const { input } = settled();
    const plan = makePlan({ ...input, slots: { ...input.slots, green: { ...input.slots.green, state: "tainted" } } });
    const owned = plan.changes.filter(({ owner }) => owner === "slot");
    expect(owned.map(({ action, reason }) => `${action} ${reason.code}`)).toEqual([
      "replace slot-tainted",
      "replace slot-tainted",
    ]);
    expect(plan.changes.filter(({ owner }) => owner !== "slot").every(({ action }) => action === "no-op")).toBe(true);
  });

  it("publishes what is as wanted but unpublished, and nothing more", () => {
    const { input, world } = settled();
    const objects = new Map([...world.objects].map(([id, object]) => [id, { ...object, published: false }]));
    const { apply } = compileOperations(makePlan(observing(input, { ...world, objects }, "green")), kinds);
    expect(apply.map(({ verb, address, slot }) => `${verb} ${address} ${slot}`)).toEqual([
      "publish voice-agent.agent/main green",
    ]);
  });

  it("adopts what bears our key without a binding", () => {
    const { input, world } = settled();
    const plan = makePlan({
      ...observing(input, world, "green"),
      bindings: world.bindings.filter(({ owner }) => owner !== "connection"),
    });
    expect(one(plan, "calendar.calendar/callbacks")).toMatchObject({ action: "no-op", reason: { code: "adopted" } });
    expect(one(plan, "calendar.calendar/callbacks")?.externalId).not.toBeNull();
  });
});

describe("the number", () => {
  it("stays where it is at later switches", () => {
    const { input } = settled();
    const plan = makePlan(withBundle(input, nextBundle({ "voice-agent.agent/main": { voiceId: "x" } })));
    expect(one(plan, "telephony.number/main", "attach")).toMatchObject({
      action: "no-op",
      reason: { code: "attached" },
    });
  });

  it("is pointed back when somebody re-pointed it", () => {
    const { input } = settled();
    const routing = {
      address: "telephony.number/main",
      observed: { ...OUR_ROUTING, voiceUrl: "https://else.example" },
      wanted: OUR_ROUTING,
      isAttached: true,
    };
    expect(one(makePlan({ ...input, routing }), "telephony.number/main", "attach")).toMatchObject({
      action: "update",
      reason: { code: "routing-drifted" },
      fields: [{ path: "voiceUrl" }],
    });
  });
});

describe("what callers will notice", () => {
  it("is the difference of the bundles outside resources, with the layer that set it", () => {
    const { input } = settled();
    const bundle: ReleaseBundle = {
      ...BUNDLE,
      parameters: {
        ...BUNDLE.parameters,
        greeting: { value: "Good day, Bright Dental.", source: "deployment-overlay" },
      },
      conversation: { ...BUNDLE.conversation, greeting: "Good day, Bright Dental. How can I help?" },
      fallbackNumber: "+15550199",
    };
    expect(makePlan(withBundle(input, bundle)).callerChanges).toEqual([
      {
        path: "conversation.greeting",
        operation: "set",
        before: BUNDLE.conversation.greeting,
        after: bundle.conversation.greeting,
        source: "deployment-overlay",
      },
      { path: "fallbackNumber", operation: "set", before: "+15550122", after: "+15550199", source: "playbook" },
    ]);
  });
});

describe("problems come as findings", () => {
  it.each([
    [
      "dangling-reference",
      [
        resource({
          address: "voice-agent.agent/x",
          owner: "slot",
          fields: { llm: { $ref: "voice-agent.llm/none", part: "externalId" } },
        }),
      ],
    ],
    [
      "reference-into-slot",
      [
        ...RESOURCES,
        resource({
          address: "crm.pipeline/x",
          owner: "connection",
          fields: { agent: { $ref: "voice-agent.agent/main", part: "externalId" } },
        }),
      ],
    ],
    ["unknown-kind", [resource({ address: "crm.unheard-of/x", owner: "slot", fields: {} })]],
    [
      "reference-cycle",
      [
        resource({ address: "voice-agent.llm/a", owner: "slot", fields: {}, dependsOn: ["voice-agent.llm/b"] }),
        resource({ address: "voice-agent.llm/b", owner: "slot", fields: {}, dependsOn: ["voice-agent.llm/a"] }),
      ],
    ],
  ])("%s", (code, resources) => {
    const plan = makePlan(firstInput({ bundle: { ...BUNDLE, resources }, routing: null }));
    expect(plan.findings.map((finding) => finding.code)).toContain(code);
  });

  it("object-missing, for what is only ever adopted", () => {
    expect(makePlan(firstInput({ routing: null })).findings.map(({ code }) => code)).toEqual(["object-missing"]);
  });

  it("connection-moved, when a lasting object would change its account", () => {
    const { input } = settled();
    const crm = { connectionId: "c-other", vendor: "hubspot", requiredScopes: [] };
    const plan = makePlan(withBundle(input, { ...BUNDLE, connections: { ...BUNDLE.connections, crm } }));
    expect(plan.findings.map(({ code }) => code)).toContain("connection-moved");
  });
});

it("deletes in the old account before it creates in the new one", () => {
  const { input } = settled();
  const voiceAgent = { connectionId: "c-retell-2", vendor: "retell", requiredScopes: [] };
  const plan = makePlan(
    withBundle(
      { ...input, pointer: pointerAt("blue", 2) },
      { ...BUNDLE, connections: { ...BUNDLE.connections, voiceAgent } },
    ),
  );
  expect(
    compileOperations(plan, kinds).apply.map(({ verb, connectionId, address }) => `${verb} ${connectionId} ${address}`),
  ).toEqual([
    "delete c-retell voice-agent.agent/main",
    "delete c-retell voice-agent.llm/main",
    "create c-retell-2 voice-agent.llm/main",
    "create c-retell-2 voice-agent.agent/main",
    "publish c-retell-2 voice-agent.agent/main",
  ]);
});

it("shows a secret nowhere in field changes", () => {
  const llm = {
    "voice-agent.llm/main": { tools: [{ name: "save", headers: { authorization: "Bearer s3cr3t-token-value" } }] },
  };
  const plan = makePlan(firstInput({ bundle: nextBundle(llm) }));
  expect(JSON.stringify(plan.changes.map(({ fields }) => fields))).not.toContain("s3cr3t");
  expect(JSON.stringify(plan.changes.map(({ fields }) => fields))).toContain("sha256:");
});
