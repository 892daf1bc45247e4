import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "@tandem/kernel";
import { diffFields, type FieldChange } from "../plan/index.ts";
import { type Adoption, adoptionOf } from "./adoption.ts";
import { type DriftDecision, driftHash, driftNotice, fulfilled, openDrift, undecidedPaths } from "./decision.ts";
import type { DriftLook, ResourceDrift } from "./look.ts";

const NOW_MS = Date.parse("2026-11-28T00:00:00.000Z");

const change = (path: string, before: string, after: string): FieldChange => ({
  path,
  operation: "set",
  before,
  after,
});

const resource = (changes: Partial<ResourceDrift> = {}): ResourceDrift => ({
  address: "voice-agent.agent/main",
  slot: "blue",
  kind: "voice-agent.agent",
  owner: "slot",
  connectionId: "c1",
  externalId: "a1",
  state: "drifted",
  changed: ["voice", "tools[book].url"],
  fields: [change("voice", "calm", "bright"), change("tools[book].url", "x", "y")],
  detail: null,
  ...changes,
});

const decision = (changes: Partial<DriftDecision> = {}): DriftDecision => ({
  id: "d1",
  address: "voice-agent.agent/main",
  slot: "blue",
  answer: "ignore",
  paths: ["voice"],
  adoptedHash: null,
  until: "2026-12-01T00:00:00.000Z",
  reason: "",
  decidedBy: "key:a",
  decidedAt: "2026-11-27T00:00:00.000Z",
  planId: null,
  ...changes,
});

const look = (complete: boolean, ...resources: ResourceDrift[]): DriftLook => ({
  lookedAt: "2026-11-28T00:00:00.000Z",
  complete,
  resources,
});

describe("decisions", () => {
  test.each<[string, Partial<DriftDecision>, readonly string[]]>([
    ["an ignore covers its path until its date", {}, ["tools[book].url"]],
    ["an ignore past its date covers nothing", { until: "2026-11-27T00:00:00.000Z" }, ["voice", "tools[book].url"]],
    ["a path covers what it holds", { paths: ["tools", "voice"] }, []],
    ["a name that only begins the same holds nothing", { paths: ["voi", "tool"] }, ["voice", "tools[book].url"]],
    ["the other slot's decision says nothing here", { slot: "green" }, ["voice", "tools[book].url"]],
    ["what is to be reverted still needs somebody", { answer: "revert", until: null }, ["voice", "tools[book].url"]],
    [
      "an adoption covers what was adopted",
      { answer: "adopt", until: null, adoptedHash: driftHash(resource()) },
      ["tools[book].url"],
    ],
    [
      "what changed after an adoption was not adopted",
      { answer: "adopt", until: null, adoptedHash: "other" },
      ["voice", "tools[book].url"],
    ],
  ])("%s", (_name, changes, left) => {
    expect(undecidedPaths(resource(), [decision(changes)], NOW_MS)).toEqual(left);
  });

  test("a missing object is open whatever was decided; unknown ones are neither open nor clean", () => {
    const looked = look(
      false,
      resource({ state: "missing", changed: [], fields: [] }),
      resource({ state: "unknown", slot: "green" }),
    );
    expect(openDrift(looked, [decision()], NOW_MS)).toEqual(["blue:voice-agent.agent/main missing"]);
  });

  test("adoptions and reversals end with the drift, ignores with their date; an incomplete look ends nothing that it could not see", () => {
    const [adopt, ignore] = [decision({ answer: "adopt", until: null }), decision()];
    expect(fulfilled(look(true, resource({ state: "clean" })), [adopt, ignore])).toEqual([adopt]);
    expect(fulfilled(look(true, resource()), [adopt])).toEqual([]);
    expect(fulfilled(look(false, resource({ state: "unknown" })), [adopt])).toEqual([]);
    expect(fulfilled(look(false), [adopt])).toEqual([]);
    expect(fulfilled(look(true), [adopt])).toEqual([adopt]);
  });

  test("nothing is told twice, and an incomplete look never says that drift is gone", () => {
    const lines = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d")).map((some) => some.toSorted());
    fc.assert(
      fc.property(lines, lines, fc.boolean(), (told, open, isComplete) => {
        const notice = driftNotice(told, open, isComplete);
        if (notice !== null) expect(driftNotice(open, open, isComplete)).toBeNull();
        if (!isComplete) expect(notice).not.toBe("cleared");
        if (isComplete) expect(notice === null).toBe(told.join() === open.join());
        if (open.some((one) => !told.includes(one))) expect(notice).toBe(told.length === 0 ? "appeared" : "changed");
      }),
    );
  });
});

describe("adoption", () => {
  const manifest = {
    name: "front-desk",
    parameters: {},
    resources: {
      "voice-agent.agent/main": {
        owner: "slot",
        fields: {
          voice: "{{parameters.voice}}",
          words: "{{parameters.words}}",
          prompt: "Say: {{parameters.greeting}}",
          model: "fixed",
          webhook: "{{ingress.toolUrl}}",
          apiKey: "{{parameters.apiKey}}",
          llmId: { $ref: "voice-agent.llm/main" },
          tools: [
            { name: "{{parameters.tool}}", url: "{{parameters.toolAddress}}" },
            { name: "end", url: "fixed" },
          ],
        },
      },
      "voice-agent.agent/second": { owner: "slot", fields: { voice: "{{parameters.voice}}" } },
    },
  } as unknown as Parameters<typeof adoptionOf>[0]["manifest"];
  const applied = {
    voice: "calm",
    words: ["a", "b"],
    prompt: "Say: Hello",
    model: "fixed",
    webhook: "https://x.example",
    apiKey: "sha256:1234…",
    llmId: "llm-1",
    tools: [
      { name: "book", url: "https://x.example/book" },
      { name: "end", url: "fixed" },
    ],
  };

  function adopt(observed: JsonObject, paths?: readonly string[], changes: Partial<ResourceDrift> = {}): Adoption {
    const fields = diffFields(applied, { ...applied, ...observed });
    return adoptionOf({
      manifest,
      applied,
      resource: { ...resource({ fields }), ...changes },
      paths: paths ?? fields.map(({ path }) => path),
    });
  }

  test("a parameter that is the whole value takes it over, and its other places are named", () => {
    expect(adopt({ voice: "bright" })).toEqual({
      isPossible: true,
      values: { voice: "bright" },
      alsoFeeds: ["voice-agent.agent/second voice"],
    });
  });

  test("a part of a parameter's value takes the whole over", () => {
    expect(adopt({ words: ["a", "b", "c"] })).toMatchObject({ values: { words: ["a", "b", "c"] } });
  });

  test("items are found by their key, also where the playbook takes the key from a parameter", () => {
    const tools = [
      { name: "book", url: "https://y.example" },
      { name: "end", url: "fixed" },
    ];
    expect(adopt({ tools })).toMatchObject({ isPossible: true, values: { toolAddress: "https://y.example" } });
  });

  test.each<[string, JsonObject, RegExp]>([
    ["a text put together from parameters", { prompt: "Say: Hi" }, /puts it together from parameters\.greeting/],
    ["a value of the playbook", { model: "other" }, /the playbook itself says/],
    ["what Tandem fills in", { webhook: "https://y.example" }, /Tandem itself fills in ingress\.toolUrl/],
    ["a reference", { llmId: "llm-2" }, /the playbook itself says/],
    ["a field that the playbook does not set", { speed: 2 }, /does not set this field/],
    ["a secret, whose value is not kept", { apiKey: "sha256:9999…" }, /holds a secret/],
  ])("%s cannot be adopted, and it says what can be done", (_name, observed, why) => {
    const adoption = adopt(observed);
    expect(adoption.isPossible).toBe(false);
    if (!adoption.isPossible) expect(adoption.refusals[0]?.why).toMatch(why);
  });

  test("one field without a parameter refuses all, each told for itself", () => {
    const adoption = adopt({ voice: "bright", model: "other", prompt: "x" });
    expect(adoption.isPossible ? [] : adoption.refusals.map(({ path }) => path).toSorted()).toEqual([
      "model",
      "prompt",
    ]);
  });

  test("an object that deployments share is never adopted into one of them", () => {
    expect(adopt({ voice: "bright" }, ["voice"], { owner: "connection" })).toMatchObject({ isPossible: false });
  });
});
