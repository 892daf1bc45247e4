import { plainPaint } from "@tandem/domain/plan";
import { expect, test } from "vitest";
import type { Event } from "../follow.ts";
import { noteEvents } from "./rollout.ts";

const event = (type: string, payload: Event["payload"] = {}): Event => ({
  rolloutId: "r1",
  seq: 1,
  at: "2026-11-28T19:56:07.000Z",
  type,
  phase: "smoke-testing",
  payload,
});

test("a smoke test is told conversation by conversation: no line for what only its end tells", () => {
  const lines: string[] = [];
  const onEvent = noteEvents({ note: (line) => lines.push(line), paint: plainPaint });
  onEvent(event("scenarios-planned", { scenarios: ["A caller books", "The caller is silent"] }));
  onEvent(event("scenario-began", { scenario: "A caller books" }));
  onEvent(event("scenario-ended", { scenario: "A caller books", result: "passed", durationMs: 9000 }));
  expect(lines).toEqual([
    "19:56:07    2 conversations to be held",
    "19:56:07    scenario ended  A caller books · passed",
  ]);
});
