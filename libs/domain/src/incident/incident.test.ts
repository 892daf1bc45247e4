import { describe, expect, test } from "vitest";
import { decideIncident, type Incident, type IncidentCommand, openIncident, stacks } from "./index.ts";

const NOW = Date.parse("2026-11-28T10:00:00.000Z");
const MINUTE = 60_000;
const opened = openIncident({ severity: "sev-2", summary: "callers hear nothing", suspected: "output" }, NOW);

function play(commands: readonly IncidentCommand[], from: Incident = opened): Incident {
  return commands.reduce((incident, command, index) => {
    const decision = decideIncident(incident, command, NOW + (index + 1) * MINUTE);
    if ("refused" in decision) throw new Error(decision.refused);
    return decision.incident;
  }, from);
}
const clear = (stack: (typeof stacks)[number], evidence = 1): IncidentCommand => ({
  do: "clear",
  stack,
  evidence,
  note: null,
});
const conclude = (stack: (typeof stacks)[number], evidence = 1): IncidentCommand => ({
  do: "conclude",
  stack,
  evidence,
  cause: "the voice is away",
});
const refusal = (incident: Incident, command: IncidentCommand) => {
  const decision = decideIncident(incident, command, NOW);
  return "refused" in decision ? decision.refused : null;
};

test("a new incident runs both clocks, and waits with the later stacks", () => {
  expect(opened.stacks.map(({ state, dueAt }) => [state, dueAt])).toEqual([
    ["diagnosing", "2026-11-28T10:05:00.000Z"],
    ["waiting", null],
    ["waiting", null],
    ["waiting", null],
  ]);
  expect(opened.resolutionDueAt).toBe("2026-11-28T10:30:00.000Z");
  expect(openIncident({ severity: "sev-1", summary: "", suspected: null }, NOW).resolutionDueAt).toBe(
    "2026-11-28T10:15:00.000Z",
  );
});

test("stacks are walked in order, each with a clock of its own", () => {
  const walked = play([clear("telephony"), clear("audio"), clear("intelligence"), conclude("output")]);
  expect(walked).toMatchObject({ state: "concluded", cause: "the voice is away" });
  expect(walked.stacks.map(({ state, startedAt, dueAt, endedAt }) => [state, startedAt, dueAt, endedAt])).toEqual([
    ["cleared", "2026-11-28T10:00:00.000Z", "2026-11-28T10:05:00.000Z", "2026-11-28T10:01:00.000Z"],
    ["cleared", "2026-11-28T10:01:00.000Z", "2026-11-28T10:11:00.000Z", "2026-11-28T10:02:00.000Z"],
    ["cleared", "2026-11-28T10:02:00.000Z", "2026-11-28T10:17:00.000Z", "2026-11-28T10:03:00.000Z"],
    ["concluded", "2026-11-28T10:03:00.000Z", "2026-11-28T10:13:00.000Z", "2026-11-28T10:04:00.000Z"],
  ]);
});

test("no stack is concluded or cleared before every earlier one is cleared, whatever came before", () => {
  for (const [at, stack] of stacks.entries())
    for (let cleared = 0; cleared <= at; cleared += 1) {
      const incident = play(stacks.slice(0, cleared).map((each) => clear(each)));
      const expected = cleared === at ? null : "earlier-stack-open";
      expect(refusal(incident, conclude(stack)), `${stack} after ${cleared}`).toBe(expected);
      expect(refusal(incident, clear(stack)), `${stack} after ${cleared}`).toBe(expected);
    }
});

describe("refused is", () => {
  test("what has no evidence", () => {
    expect(refusal(opened, clear("telephony", 0))).toBe("no-evidence");
    expect(refusal(opened, conclude("telephony", 0))).toBe("no-evidence");
  });
  test("clearing twice, the severity that it has, and an end without a cause", () => {
    expect(refusal(play([clear("telephony")]), clear("telephony"))).toBe("already-cleared");
    expect(refusal(opened, { do: "change-severity", severity: "sev-2", reason: "" })).toBe("same-severity");
    expect(refusal(opened, { do: "resolve", resolution: "gone", withoutCause: false })).toBe("no-cause");
    expect(refusal(opened, { do: "resolve", resolution: "gone", withoutCause: true })).toBeNull();
  });
  test("everything but notes once it is resolved", () => {
    const resolved = play([conclude("telephony"), { do: "resolve", resolution: "rolled back", withoutCause: false }]);
    expect(resolved).toMatchObject({ state: "resolved", resolvedAt: "2026-11-28T10:02:00.000Z" });
    expect(refusal(resolved, clear("telephony"))).toBe("already-resolved");
    expect(refusal(resolved, { do: "note", text: "seen again" })).toBeNull();
  });
});

test("a wrong conclusion is taken back by clearing its stack, and the walk goes on", () => {
  const again = play([conclude("telephony"), clear("telephony")]);
  expect(again).toMatchObject({ state: "open", cause: null });
  expect(again.stacks[1]).toMatchObject({ state: "diagnosing", startedAt: "2026-11-28T10:02:00.000Z" });
});

test("another severity moves the end of the same clock", () => {
  const worse = play([{ do: "change-severity", severity: "sev-1", reason: "nobody is served" }]);
  expect(worse).toMatchObject({ severity: "sev-1", resolutionDueAt: "2026-11-28T10:15:00.000Z" });
});
