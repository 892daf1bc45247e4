import { describe, expect, test } from "vitest";
import { decisionRefusal } from "./decision-refusal.ts";
import { effectOf } from "./figures.ts";
import { freezeOf } from "./freeze.ts";
import { movedText } from "./moved-text.ts";
import { namedPath } from "./path-text.ts";
import {
  type Change,
  changesByVendor,
  countedActions,
  type Finding,
  findingGroups,
  type PlanState,
  standOf,
  standWords,
  usedTitle,
} from "./plan.ts";
import { sidesText, valueText } from "../../ui/value-text.ts";

const change = (address: string, part: Partial<Change> = {}): Change =>
  ({
    address,
    vendor: "retell",
    slot: null,
    action: "update",
    reason: { code: "changed", text: "" },
    ...part,
  }) as Change;
const finding = (severity: Finding["severity"], code: string, address: string): Finding => ({
  severity,
  code,
  address,
  summary: code,
  detail: address,
  fix: "f",
});

describe("a plan as a whole", () => {
  const state = (part: object, findings: readonly Finding[] = []): PlanState =>
    ({ state: "ready", plan: { findings }, standing: { moved: [], rollouts: [], ...part } }) as unknown as PlanState;

  test("is ready, blocked, stale or used; what was rolled out has moved because of it", () => {
    const moved = [{ path: "configuration.version", planned: 1, now: 2 }];
    expect(standOf(state({}))).toBe("ready");
    expect(standOf(state({}, [finding("error", "x", "a")]))).toBe("blocked");
    expect(standOf(state({ moved }, [finding("error", "x", "a")]))).toBe("stale");
    expect(standOf(state({ moved, rollouts: [{ id: "r", phase: "succeeded" }] }))).toBe("used");
    expect(standOf({ ...state({}), state: "pending" })).toBe("pending");
  });

  test.each([
    ["awaiting-approval", "waits for approval", "The rollout of this plan is in progress: waits for approval"],
    ["held", "held", "The rollout of this plan is held"],
    ["baking", "baking", "The rollout of this plan is in progress: baking"],
    ["succeeded", "rolled out", "This plan was rolled out"],
    ["aborted", "aborted", "The rollout of this plan was aborted"],
    ["rolled-back", "rolled back", "This plan was rolled out, and rolled back"],
  ] as const)("with a rollout that is %s says so", (phase, word, title) => {
    expect(standWords(state({ rollouts: [{ id: "r", phase }] })).word).toBe(word);
    expect(usedTitle(phase)).toBe(title);
  });

  test("groups changes by vendor, and names unchanged objects only where nothing of theirs happens", () => {
    const unchanged = { action: "no-op", reason: { code: "unchanged", text: "" } } as const;
    const changes = [
      change("a"),
      change("n", { vendor: "twilio", ...unchanged }),
      change("a", unchanged),
      change("b", unchanged),
      change("c", { action: "no-op", reason: { code: "left-as-found", text: "yours" } }),
    ];
    const [retell, twilio] = changesByVendor(changes);
    expect(retell?.loud.map(({ address }) => address)).toEqual(["a", "c"]);
    expect(retell?.quiet).toEqual(["b"]);
    expect(twilio).toEqual({ vendor: "twilio", loud: [], quiet: ["n"] });
    expect(countedActions(changes)).toBe("1 to update");
    expect(countedActions([])).toBe("nothing at any vendor");
  });

  test("groups findings of one kind, the worst first", () => {
    const groups = findingGroups([
      finding("note", "n", "1"),
      finding("warning", "w", "2"),
      finding("error", "e", "3"),
      finding("warning", "w", "4"),
    ]);
    expect(groups.map(({ code, places }) => [code, places.map(({ address }) => address)])).toEqual([
      ["e", ["3"]],
      ["w", ["2", "4"]],
      ["n", ["1"]],
    ]);
  });
});

describe("values in words", () => {
  const week = (monday: readonly object[]) =>
    Object.fromEntries(
      ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map((day) => [
        day,
        day === "monday" ? monday : [],
      ]),
    );

  test("opening hours by runs of days, lists by their length, references by what they stand for", () => {
    expect(valueText(week([{ from: "09:00", to: "17:30" }]))).toBe("Mon 09:00–17:30\nTue–Sun closed");
    expect(valueText(["+15550100101", "+15550100102"])).toBe("+15550100101, +15550100102");
    expect(valueText([{ name: "a", url: "u" }])).toBe("• name: a\n  url: u");
    expect(valueText({ do: "ring-staff", ringSeconds: 20 })).toBe("do: ring-staff\nringSeconds: 20");
    expect(valueText({ do: "agent" })).toBe("agent");
    expect(valueText({ $ref: "voice-agent.llm/main", part: "version" })).toBe("version of voice-agent.llm/main");
    expect(valueText([])).toBe("none");
    expect(sidesText([], [{ from: "09:00", to: "17:30" }])).toEqual(["closed", "09:00–17:30"]);
    expect(sidesText(undefined, [])).toEqual([null, "none"]);
    expect(valueText(false)).toBe("false");
  });

  test("members of a release have names, the longest that fits", () => {
    expect(namedPath("answer.schedule.weekly.monday")).toEqual({ name: "Opening hours", rest: "monday" });
    expect(namedPath("providers.tts[0].voice")).toEqual({ name: "Voice (TTS)", rest: "[0].voice" });
    expect(namedPath("numbers")).toEqual({ name: "numbers", rest: "" });
    expect(namedPath("")).toEqual({ name: "everything", rest: "" });
  });

  test("what moved is told in sentences, numbers as numbers and hashes not at all", () => {
    expect(movedText({ path: "configuration.version", planned: 3, now: 4 })).toBe(
      "The configuration was saved again (3, now 4)",
    );
    expect(movedText({ path: "state.slot/green", planned: "a".repeat(64), now: "absent" })).toBe(
      "What slot green holds is another",
    );
  });
});

test("a figure of which less is better says how far it moves", () => {
  expect(effectOf(120, 100)).toEqual({ tone: "warn", change: "+20 %" });
  expect(effectOf(105, 100)).toEqual({ tone: "neutral", change: "+5 %" });
  expect(effectOf(80, 100)).toEqual({ tone: "good", change: "−20 %" });
  expect(effectOf(100.4, 100)).toEqual({ tone: "neutral", change: "no change" });
  expect(effectOf(100, null)).toEqual({ tone: "neutral", change: null });
});

test("an approval of one's own rollout, or a second one, is refused before it is sent", () => {
  const rollout = { createdBy: "person:a", policy: {} } as never;
  expect(decisionRefusal(rollout, [], "person:a")).toMatch(/somebody else/);
  expect(decisionRefusal(rollout, [{ subject: "person:b" }], "person:b")).toMatch(/already/);
  expect(decisionRefusal(rollout, [], "person:c")).toBeNull();
  expect(
    decisionRefusal({ createdBy: "person:a", policy: { authorMayApprove: true } } as never, [], "person:a"),
  ).toBeNull();
});

test("of the freezes in force, one that cannot be passed is named first", () => {
  const at = Date.parse("2026-11-28T10:00:00Z");
  const freeze = (id: string, part: object = {}) =>
    ({
      id,
      level: "tenant",
      playbook: null,
      environment: null,
      startsAt: "2026-11-28T09:00:00Z",
      endsAt: "2026-11-28T12:00:00Z",
      endedAt: null,
      isExempt: false,
      ...part,
    }) as never;
  const deployment = { playbook: "p", environment: "staging" };
  const found = (...freezes: never[]) => freezeOf(freezes, deployment, at)?.id ?? null;
  expect(found(freeze("a"), freeze("b", { level: "platform", endsAt: "2026-11-28T11:00:00Z" }))).toBe("b");
  expect(found(freeze("a"), freeze("b", { endsAt: "2026-11-28T13:00:00Z" }))).toBe("b");
  expect(found(freeze("a", { isExempt: true }), freeze("b", { endedAt: "2026-11-28T09:30:00Z" }))).toBeNull();
  expect(found(freeze("a", { environment: "production" }), freeze("b", { playbook: "q" }))).toBeNull();
  expect(found(freeze("a", { endsAt: "2026-11-28T10:00:00Z" }))).toBeNull();
});
