import { expect, test } from "vitest";
import { failuresByTurn } from "./turn-failures.ts";

type Input = Parameters<typeof failuresByTurn>[0];

const second = (at: number): string => new Date(Date.UTC(2026, 10, 28, 10, 0, at)).toISOString();
const turn = (number: number, at: number) => ({ turn: number, at: second(at) }) as Input["turns"][number];
const event = (type: string, at: number) => ({ seq: at, at: second(at), type, payload: {} });

test("a provider's failure belongs to the turn that was over next, one after the last turn to the last", () => {
  const events = [
    event("provider-failed", 4),
    event("fact-collected", 5),
    event("breaker-opened", 12),
    event("provider-failed", 30),
  ];
  const found = failuresByTurn({ turns: [turn(0, 3), turn(1, 10), turn(2, 20)], events });
  expect([...found].map(([number, each]) => [number, each.map(({ seq }) => seq)])).toEqual([
    [1, [4]],
    [2, [12, 30]],
  ]);
});

test("a call without turns has no place for them", () => {
  expect(failuresByTurn({ turns: [], events: [event("provider-failed", 4)] }).size).toBe(0);
});
