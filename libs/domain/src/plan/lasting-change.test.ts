import { describe, expect, it } from "vitest";
import type { ReleaseBundle } from "../release/index.ts";
import { compileOperations } from "./compile-operations.ts";
import { makePlan } from "./make-plan.ts";
import { kinds, resource, RESOURCES, BUNDLE, firstInput } from "./test-support/plan-fixture.ts";
import {
  performed,
  afterRollout,
  observing,
  EMPTY_WORLD,
  one,
  nextBundle,
  withBundle,
  settled,
} from "./test-support/plan-world.ts";

describe("objects that outlive slots", () => {
  const OPTIONS = [
    { label: "Urgent", value: "urgent" },
    { label: "Can wait", value: "can-wait" },
  ];

  it("only grow at apply: additions now, values after bake", () => {
    const { input } = settled();
    const options = [{ label: "Very urgent", value: "urgent" }, OPTIONS[1]!, { label: "No hurry", value: "no-hurry" }];
    const plan = makePlan(withBundle(input, nextBundle({ "crm.property/call-urgency": { options } })));
    expect(one(plan, "crm.property/call-urgency")).toMatchObject({
      action: "update",
      risk: "low",
      fields: [{ operation: "add", path: "options[no-hurry]" }],
    });
    expect(one(plan, "crm.property/call-urgency", "retire")).toMatchObject({
      action: "update",
      fields: [{ path: "options[urgent].label", after: "Very urgent" }],
    });
  });

  it("keep what people added and what the live release needs", () => {
    const { input, world } = settled();
    const id = world.bindings.find(({ address }) => address === "crm.property/call-urgency")?.externalId ?? "";
    const objects = new Map(world.objects);
    const property = objects.get(id)!;
    objects.set(id, {
      ...property,
      fields: { ...property.fields, options: [...OPTIONS, { label: "Ours", value: "by-hand" }] },
    });
    const observed = observing(input, { ...world, objects }, "green");
    expect(one(makePlan(observed), "crm.property/call-urgency")?.action).toBe("no-op");
    const fewer = makePlan(
      withBundle(observed, nextBundle({ "crm.property/call-urgency": { options: [OPTIONS[0]!] } })),
    );
    expect(
      fewer.changes.filter(({ address }) => address === "crm.property/call-urgency").map(({ action }) => action),
    ).toEqual(["no-op"]);
  });

  const stage = (key: string) => ({ key, label: key, probability: 0.1 });
  const pipeline = (keys: readonly string[]) =>
    resource({
      address: "crm.pipeline/inbound",
      owner: "connection",
      fields: { object: "deals", label: "Inbound", stages: keys.map(stage) },
    });
  const withStages = (keys: readonly string[]): ReleaseBundle => ({
    ...BUNDLE,
    resources: [...RESOURCES, pipeline(keys)],
  });

  /** Two rollouts with stages new and won, then one without won: each with apply and retire. */
  const narrowing = () => {
    const first = firstInput({ bundle: withStages(["new", "won"]) });
    const blue = performed(EMPTY_WORLD, compileOperations(makePlan(first), kinds).apply, "blue");
    const second = withBundle(afterRollout(first, blue, "blue"), withStages(["new"]));
    const plan = makePlan(second);
    const green = performed(blue, compileOperations(plan, kinds).apply, "green");
    return { plan, third: afterRollout(second, green, "green") };
  };

  it("lose a part only when neither the new nor the live release needs it, at retire, and say what is lost for good", () => {
    const { plan, third } = narrowing();
    expect(
      plan.changes.filter(({ address }) => address === "crm.pipeline/inbound").map(({ action }) => action),
    ).toEqual(["no-op"]);
    const change = one(makePlan(third), "crm.pipeline/inbound", "retire");
    expect(change).toMatchObject({
      action: "update",
      reversible: "no",
      risk: "high",
      fields: [{ operation: "remove", path: "stages[won]" }],
    });
  });

  it("lose nothing while another deployment uses them", () => {
    const { third } = narrowing();
    const key = third.bindings.find(({ address }) => address === "crm.pipeline/inbound")?.externalKey ?? "";
    const plan = makePlan({ ...third, otherReferences: new Map([[key, 2]]) });
    expect(one(plan, "crm.pipeline/inbound", "retire")).toBeUndefined();
    expect(plan.findings).toMatchObject([{ code: "used-elsewhere", severity: "warning" }]);
  });

  it("are removed at retire, never at apply, when no release names them", () => {
    const { third } = narrowing();
    const without = withBundle(third, BUNDLE);
    expect(one(makePlan(without), "crm.pipeline/inbound", "retire")).toMatchObject({
      action: "no-op",
      reason: { code: "still-needed" },
    });
    const gone = makePlan({ ...without, previous: { hash: "h", bundle: BUNDLE } });
    expect(one(gone, "crm.pipeline/inbound", "retire")).toMatchObject({
      action: "delete",
      reversible: "no",
      risk: "high",
    });
    expect(compileOperations(gone, kinds).retire.map(({ verb, address }) => `${verb} ${address}`)).toEqual([
      "delete crm.pipeline/inbound",
    ]);
    const key = third.bindings.find(({ address }) => address === "crm.pipeline/inbound")?.externalKey ?? "";
    const used = makePlan({
      ...without,
      previous: { hash: "h", bundle: BUNDLE },
      otherReferences: new Map([[key, 1]]),
    });
    expect(one(used, "crm.pipeline/inbound", "retire")).toMatchObject({
      action: "no-op",
      reason: { code: "used-elsewhere" },
    });
  });

  it("are never replaced under live calls: that is refused with a way out", () => {
    const { input } = settled();
    const plan = makePlan(withBundle(input, nextBundle({ "crm.property/call-urgency": { type: "string" } })));
    expect(plan.findings).toMatchObject([{ code: "needs-new-object", severity: "error" }]);
    expect(compileOperations(plan, kinds)).toEqual({ apply: [], attach: [], retire: [] });
  });
});
