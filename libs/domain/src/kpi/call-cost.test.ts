import { expect, test } from "vitest";
import { callCost, callFigures, type CostBasis, Price, PriceList, priceTable } from "./index.ts";

const provider = (name: string, model: string, lightModel?: string) => ({
  provider: name,
  model,
  settings: {},
  ...(lightModel === undefined ? {} : { lightModel }),
});
const basis: CostBasis = {
  providers: {
    stt: [provider("deepgram", "nova-3")],
    llm: [provider("openai", "gpt-4.1", "gpt-4.1-mini")],
    tts: [provider("cartesia", "sonic-3")],
  },
  carrier: "twilio",
  hostedBy: null,
};
const turn = {
  turn: 1,
  providers: { stt: "deepgram", llm: "openai", tts: "cartesia" },
  tokens: { input: 3000, output: 300 },
  lightTokens: { input: 2000, output: 200 },
  spokenCharacters: 1000,
};
const callOf = (...turns: object[]) =>
  callFigures(
    { sessionId: "s", release: "r", startedAtMs: 0, endedAtMs: 90_000, disposition: "handled", caller: null },
    [
      { type: "stream-started", payload: {} },
      ...turns.map((payload) => ({ type: "turn-ended", payload: payload as never })),
      { type: "stream-ended", payload: { seconds: 60 } },
    ],
  );
const prices = new PriceList(priceTable);

test("every price of the table is a whole number of micros with source and date", () => {
  for (const price of priceTable) expect(Price.parse(price)).toEqual(price);
  expect(prices.all()).toHaveLength(priceTable.length);
});

test("a call costs its carrier's whole minutes, the stream, and what each provider did at the prices of its models", () => {
  const expected = 2 * 8500 + 4000 + 7700 + 1000 * 38 + (1000 * 2 + 100 * 8) + (2000 * 0.4 + 200 * 1.6);
  expect(callCost(callOf(turn), basis, prices)).toEqual({ costMicros: Math.round(expected), unknown: [] });
});

test("what has no price is named, and the rest is still added up", () => {
  const other = { ...turn, providers: { ...turn.providers, tts: "acme", llm: null } };
  const cost = callCost(callOf(other), basis, prices);
  expect(cost.unknown).toEqual(["llm ?", "tts acme"]);
  expect(cost.costMicros).toBe(2 * 8500 + 4000 + 7700);
});

test("of a chain that has a provider twice, the model that served is priced; a record that names none is priced at the first", () => {
  const twice: CostBasis = {
    ...basis,
    providers: {
      ...basis.providers,
      llm: [provider("openai", "gpt-4.1", "gpt-4.1-mini"), provider("openai", "gpt-4.1-mini")],
    },
  };
  const served = { ...turn, models: { stt: "nova-3", llm: "gpt-4.1-mini", tts: "sonic-3" } };
  const costOf = (...turns: object[]) => callCost(callOf(...turns), twice, prices);
  const rest = 2 * 8500 + 4000 + 7700 + 1000 * 38;
  const bySecond = 3000 * 0.4 + 300 * 1.6;
  const byFirst = 1000 * 2 + 100 * 8 + 2000 * 0.4 + 200 * 1.6;
  expect(costOf(served)).toEqual({ costMicros: Math.round(rest + bySecond), unknown: [] });
  expect(costOf(turn)).toEqual({ costMicros: Math.round(rest + byFirst), unknown: [] });
  expect(costOf(turn, { ...served, turn: 2 }).costMicros).toBe(Math.round(rest + 1000 * 38 + byFirst + bySecond));
  const gone = costOf({ ...served, models: { ...served.models, llm: "gpt-9" } });
  expect(gone).toEqual({ costMicros: rest, unknown: ["llm openai"] });
});

test("an operator's prices replace the table's, model by model", () => {
  const own: Price = {
    kind: "tts",
    provider: "cartesia",
    model: "sonic-3",
    source: "contract",
    basis: "operator",
    readOn: "2026-01-01",
    microsPerMillionCharacters: 0,
  };
  const full = callCost(callOf(turn), basis, prices).costMicros;
  expect(callCost(callOf(turn), basis, new PriceList(priceTable, [own])).costMicros).toBe(full - 38_000);
});

test("a hosted agent costs its vendor's minutes, and no stream", () => {
  const call = callFigures(
    { sessionId: "s", release: "r", startedAtMs: 0, endedAtMs: 60_000, disposition: "handled", caller: null },
    [
      { type: "agent-call-started", payload: {} },
      { type: "agent-call-ended", payload: { durationMs: 60_000 } },
    ],
  );
  expect(callCost(call, { ...basis, hostedBy: "retell" }, prices)).toEqual({ costMicros: 8500 + 70_000, unknown: [] });
  expect(callCost(call, { ...basis, hostedBy: "acme" }, prices).unknown).toEqual(["agent acme"]);
});
