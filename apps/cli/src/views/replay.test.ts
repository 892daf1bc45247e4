import type { Replay } from "@tandem/contracts";
import { expect, test } from "vitest";
import { replayView } from "./replay.ts";

const side = {
  disposition: "booked",
  handedOffTo: null,
  turns: 3,
  objectives: ["greet"],
  tools: [],
  notRecorded: 0,
  trouble: null,
};
const replay: Replay = {
  id: "00000000-0000-7000-8000-000000000001",
  deploymentId: "00000000-0000-7000-8000-000000000002",
  rolloutId: null,
  state: "done",
  failure: null,
  report: {
    before: "a",
    after: "b",
    verdict: "differs",
    detail: "1 of 2 sessions ends differently, 10 % at most",
    sessions: 2,
    compared: 2,
    differing: 1,
    differingShare: 0.5,
    unsteady: 1,
    notRecorded: 0,
    failed: 0,
    notRun: 0,
  },
  sessions: [
    {
      sessionId: "aaaaaaaa-1",
      pastDisposition: "booked",
      verdict: "differs",
      isUnsteady: false,
      partsAtTurn: 2,
      differences: [{ aspect: "disposition", before: "booked", after: "transferred" }],
      before: side,
      after: { ...side, disposition: "transferred" },
      words: {
        turns: [0, 1, 2, 3, 4].map((turn) => ({
          turn,
          said: `said ${turn}`,
          before: `old ${turn}`,
          after: `new ${turn}`,
        })),
      },
    },
    {
      sessionId: "bbbbbbbb-2",
      pastDisposition: "handled",
      verdict: "same",
      isUnsteady: true,
      partsAtTurn: null,
      differences: [],
      before: side,
      after: side,
      words: null,
    },
  ],
};

test("outcomes side by side, and what was said where they part", () => {
  expect(replayView(replay, (_ink, text) => text).split("\n")).toEqual([
    "Replay: past calls end differently",
    "  1 of 2 sessions ends differently, 10 % at most",
    "",
    "SESSION   WAS      BEFORE  AFTER        PARTS AT  VERDICT",
    "aaaaaaaa  booked   booked  transferred  turn 2    differs",
    "bbbbbbbb  handled  booked  booked       –         same (before differs from itself)",
    "",
    "aaaaaaaa-1",
    "  disposition: booked → transferred",
    ...[1, 2, 3].flatMap((turn) => [
      `  turn ${turn}  caller  said ${turn}`,
      `          before  old ${turn}`,
      `          after   new ${turn}`,
    ]),
  ]);
});
