import { describe, expect, it } from "vitest";
import type { ReleaseBundle } from "../release/index.ts";
import { compileOperations } from "./compile-operations.ts";
import { makePlan } from "./make-plan.ts";
import type { ProviderTiming } from "./latency-estimate.ts";
import { renderPlan } from "./render-plan.ts";
import { BUNDLE, KINDS, resource } from "./test-support/plan-fixture.ts";
import { observing, performed, settled, withBundle } from "./test-support/plan-world.ts";

const kindFacts = new Map([
  ...KINDS,
  ["voice-agent.agent", { ...KINDS.get("voice-agent.agent")!, replaceOn: ["llmId", "llmWebsocketUrl"] }],
]);
const kinds = (_vendor: string, kind: string) => kindFacts.get(kind) ?? null;

const without = (...addresses: string[]) => BUNDLE.resources.filter(({ address }) => !addresses.includes(address));
const { resource: _resource, ...agent } = BUNDLE.agent;
const chain = (provider: string) => [{ provider, model: "m", voice: "anna", settings: {} }];
const own = (bundle: ReleaseBundle = BUNDLE): ReleaseBundle => ({
  ...bundle,
  agent: { ...agent, kind: "tandem" },
  resources: without("voice-agent.agent/main", "voice-agent.llm/main"),
  providers: { stt: chain("ears"), llm: chain("brain"), tts: chain("mouth") },
});
const hosted: ReleaseBundle = {
  ...BUNDLE,
  agent: { ...BUNDLE.agent, kind: "custom-llm" },
  resources: [
    ...without("voice-agent.agent/main", "voice-agent.llm/main"),
    resource({
      address: "voice-agent.agent/main",
      owner: "slot",
      fields: { name: "front-desk", llmWebsocketUrl: "wss://media.example/agent/k/llm/s", voiceId: "11labs-Adrian" },
    }),
  ],
};

const apply = (input: Parameters<typeof makePlan>[0]) => {
  const plan = makePlan({ ...input, kinds });
  expect(plan.findings).toEqual([]);
  return {
    plan,
    operations: compileOperations(plan, kinds).apply,
    lines: compileOperations(plan, kinds).apply.map(({ verb, address }) => `${verb} ${address}`),
  };
};

describe("a release of another kind of agent", () => {
  it("removes the hosted agent of the slot that is filled, and touches the live one not at all", () => {
    const { input, world } = settled();
    const { lines, plan, operations } = apply(withBundle(input, own()));
    expect(lines).toEqual(["delete voice-agent.agent/main", "delete voice-agent.llm/main"]);
    expect(operations.every(({ slot }) => slot === "green")).toBe(true);
    expect(plan.callerChanges.map(({ path }) => path)).toEqual(expect.arrayContaining(["agent.kind"]));
    const after = performed(world, operations, "green");
    const back = apply(observing(withBundle(input, BUNDLE), after, "green"));
    expect(back.lines).toEqual([
      "create voice-agent.llm/main",
      "create voice-agent.agent/main",
      "publish voice-agent.agent/main",
    ]);
  });

  it("replaces the agent that gets our socket, then removes its model", () => {
    const { input, world } = settled();
    const { lines, operations } = apply(withBundle(input, hosted));
    expect(lines.filter((line) => !line.startsWith("publish"))).toEqual([
      "delete voice-agent.agent/main",
      "create voice-agent.agent/main",
      "delete voice-agent.llm/main",
    ]);
    expect(() => performed(world, operations, "green")).not.toThrow();
  });

  it("is told to callers with the voice they will hear", () => {
    const { input } = settled();
    const louder = own();
    const next = { ...louder, providers: { ...louder.providers, tts: [{ ...chain("mouth")[0]!, voice: "bert" }] } };
    const plan = makePlan({ ...withBundle({ ...input, previous: { hash: "h", bundle: own() } }, next), kinds });
    expect(plan.callerChanges).toMatchObject([
      { path: "providers.tts", before: [{ voice: "anna" }], after: [{ voice: "bert" }] },
    ]);
  });
});

describe("the plan of a release whose providers were asked", () => {
  const timing = (kind: ProviderTiming["kind"], p50Ms: number, p95Ms: number, position = 0): ProviderTiming => ({
    kind,
    position,
    provider: `${kind}-provider`,
    model: "m",
    firstMs: p95Ms,
    p50Ms,
    p95Ms,
    samples: 3,
  });
  const asked = (timings: readonly ProviderTiming[], bundle = own()) =>
    makePlan({
      ...withBundle(settled().input, bundle),
      kinds,
      findings: [
        {
          severity: "note",
          code: "providers-measured",
          summary: "The providers of the release answered",
          detail: "",
          address: "providers",
          fix: "Nothing.",
          timings,
        },
      ],
    });

  it("says how fast it will answer, with and without speculation, and hides no target", () => {
    const plan = asked([timing("tts", 50, 60), timing("stt", 70, 90), timing("llm", 100, 300), timing("llm", 5, 6, 1)]);
    expect(plan.latency?.endToEnd).toEqual({
      speculative: { p50Ms: 80 + 220, p95Ms: 80 + 450 },
      plain: { p50Ms: 80 + 180 + 100 + 50, p95Ms: 80 + 180 + 300 + 60 },
      targetMs: 500,
      isSpeculative: true,
    });
    const prose = renderPlan(plan);
    expect(prose).toContain("thinks (LLM)  llm-provider m  p50 100 ms, p95 300 ms");
    expect(prose).toContain("agent heard: p50 300 ms, p95 530 ms, over the target of 500 ms");
    expect(prose).toContain("without speculation: p50 410 ms, p95 620 ms");
    expect(prose).not.toContain("The providers of the release answered");
  });

  it("promises nothing that was not measured, and nothing where another speaks", () => {
    expect(asked([timing("stt", 1, 1), timing("llm", 1, 1)]).latency?.endToEnd).toBeNull();
    expect(asked([timing("stt", 1, 1), timing("llm", 1, 1, 1), timing("tts", 1, 1)]).latency?.endToEnd).toBeNull();
    expect(asked([timing("llm", 1, 1)], hosted).latency).toMatchObject({
      endToEnd: null,
      providers: [{ kind: "llm" }],
    });
    expect(asked([])).not.toHaveProperty("latency");
  });

  it("tells what callers meet when answers are not begun early", () => {
    const slow = { ...own(), agent: { ...own().agent, isSpeculative: false } };
    const plan = asked([timing("stt", 10, 10), timing("llm", 10, 10), timing("tts", 10, 10)], slow);
    expect(renderPlan(plan)).toContain("agent heard: p50 280 ms, p95 280 ms, within 500 ms");
    expect(renderPlan(plan)).toContain("with speculation: p50 260 ms");
  });

  it("says what a call will cost, and what is not in it", () => {
    const cost = { perCallMicros: 123_456, call: { minutes: 3, turns: 12 }, unknown: ["tts acme/voice-1"] };
    const plan = makePlan({ ...withBundle(settled().input, own()), kinds, cost });
    expect(plan.cost).toEqual(cost);
    expect(renderPlan(plan)).toContain(
      "about 0.123 USD for a call of 3 minutes and 12 turns, at list prices, without tts acme/voice-1",
    );
    expect(makePlan({ ...withBundle(settled().input, own()), kinds })).not.toHaveProperty("cost");
  });
});
