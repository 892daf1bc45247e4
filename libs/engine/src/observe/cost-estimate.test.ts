import type { ReleaseBundle } from "@tandem/domain/release";
import { Scene } from "@tandem/testkit";
import { expect, test } from "vitest";
import { costEstimate } from "./cost-estimate.ts";

const { bundle } = new Scene().bundle();
const account = (vendor: string) => ({ connectionId: vendor, vendor, requiredScopes: [] });
const provider = (name: string, model: string) => ({ provider: name, model, settings: {} });
const release = (
  kind: ReleaseBundle["agent"]["kind"],
  changes: Partial<ReleaseBundle["providers"]> = {},
): ReleaseBundle => ({
  ...bundle,
  agent: { ...bundle.agent, kind },
  connections: { telephony: account("twilio"), voiceAgent: account("retell") },
  providers: {
    stt: [provider("deepgram", "nova-3")],
    llm: [provider("openai", "gpt-4.1")],
    tts: [provider("cartesia", "sonic-3")],
    ...changes,
  },
});
const light = { llm: [{ ...provider("openai", "gpt-4.1"), lightModel: "gpt-4.1-mini" }] };

test("our own engine costs carrier, stream, hearing, thinking and speaking of its first choices", () => {
  const carrier = 3 * (8500 + 4000);
  const speech = 3 * 7700 + 12 * 110 * 38;
  const thinking = 12 * (1800 * 2 + 60 * 8);
  expect(costEstimate(release("tandem"))).toEqual({
    perCallMicros: carrier + speech + thinking,
    call: { minutes: 3, turns: 12 },
    unknown: [],
    parts: [
      { what: "tts cartesia/sonic-3", micros: 12 * 110 * 38 },
      { what: "llm openai/gpt-4.1", micros: thinking },
      { what: "carrier twilio", micros: 3 * 8500 },
      { what: "stt deepgram/nova-3", micros: 3 * 7700 },
      { what: "carrier twilio/media-stream", micros: 3 * 4000 },
    ],
  });
});

test("a light model makes it cheaper, but for the steps that ask for the full one", () => {
  const cost = (value: ReleaseBundle) => costEstimate(value)?.perCallMicros ?? 0;
  const [step] = bundle.conversation.objectives;
  const judging = { ...bundle.conversation, objectives: [step!, { ...step!, name: "judge", tier: "full" as const }] };
  const [all, half, none] = [
    release("tandem", light),
    { ...release("tandem", light), conversation: judging },
    release("tandem"),
  ];
  expect(cost(all)).toBeLessThan(cost(half));
  expect(cost(half)).toBeLessThan(cost(none));
});

test("hosted agents cost their vendor's minutes; what nobody has a price for is named", () => {
  expect(costEstimate(release("retell-llm"))).toEqual({
    perCallMicros: 3 * (8500 + 70_000),
    call: { minutes: 3, turns: 12 },
    unknown: ["the model of retell"],
    parts: [
      { what: "agent retell", micros: 3 * 70_000 },
      { what: "carrier twilio", micros: 3 * 8500 },
    ],
  });
  expect(costEstimate(release("custom-llm", { llm: [provider("acme", "m")] }))?.unknown).toEqual(["llm acme/m"]);
  expect(costEstimate({ ...release("tandem"), connections: {} })).toBeNull();
});
