import { beforeAll, describe, expect, it } from "vitest";
import { runSeeds } from "../simulator/run-seeds.ts";
import { checkHistory } from "./check-history.ts";
import type { HistoryEvent, Inventory } from "./event.ts";
import { changesOf, type Of, ofKind } from "./reading.ts";

type Tamper = (history: readonly HistoryEvent[]) => readonly HistoryEvent[];

let whole: readonly HistoryEvent[] = [];

/** A run in which a switch was rolled back while calls were there: the first such seed. */
beforeAll(async () => {
  for (let seed = 1; whole.length === 0; seed += 1)
    await runSeeds([seed], {
      onRun: ({ history }) => {
        if (isRich(history)) whole = history;
      },
    });
}, 300_000);

type RolloutChange = ReturnType<typeof changesOf<"rollout">>[number];
const isWatched = ({ before, after }: RolloutChange): boolean =>
  before?.phase === "baking" && before.desired === "continue" && after?.policy.evidence !== undefined;

/** A bake that ends by what its calls told, and one that goes on. */
const leavesOnEvidence = (event: Of<"committed">): boolean =>
  changesOf(event, "rollout").some((change) => isWatched(change) && change.after?.phase === "retiring");
const weighsOn = (event: Of<"committed">): boolean =>
  changesOf(event, "rollout").some((change) => isWatched(change) && change.after?.phase === "baking");

const told = (kind: string) => (event: Of<"committed">) => [
  {
    ...event,
    changes: event.changes.map((change) =>
      change.table === "rollout" && change.after !== null
        ? { ...change, after: { ...change.after, memory: { ...change.after.memory, evidence: { kind } } } }
        : change,
    ),
  },
];

const isRich = (history: readonly HistoryEvent[]): boolean =>
  ofKind(history, "acknowledged").some(({ what }) => what === "rollback") &&
  ofKind(history, "deafened").length === 0 &&
  ofKind(history, "answered").length > 3 &&
  ofKind(history, "requested").some(({ fields }) => fields !== null) &&
  ofKind(history, "committed").some(leavesOnEvidence) &&
  ofKind(history, "committed").some(weighsOn);

/** Replaces the first event of a kind that fits. */
const first = <Kind extends HistoryEvent["kind"]>(
  kind: Kind,
  fits: (event: Of<Kind>) => boolean,
  change: (event: Of<Kind>) => readonly HistoryEvent[],
): Tamper => {
  return (history) => {
    const index = history.findIndex((event) => event.kind === kind && fits(event as Of<Kind>));
    if (index < 0) throw new Error(`no ${kind} to tamper with`);
    return history.toSpliced(index, 1, ...change(history[index] as Of<Kind>));
  };
};

const always = () => true;
const end = (change: (inventory: Inventory) => Inventory): Tamper =>
  first("closed", always, (event) => [{ ...event, inventory: change(event.inventory) }]);

const canaryOf = (history: readonly HistoryEvent[]): string => `token ${ofKind(history, "opened")[0]?.canaries[0]}`;

const movesPointer = (event: Of<"committed">) => changesOf(event, "pointer").length > 0;

const cases: readonly (readonly [string, string, Tamper])[] = [
  [
    "I1",
    "a generation that is skipped",
    first("committed", movesPointer, (event) => [
      {
        ...event,
        changes: event.changes.map((change) =>
          change.table === "pointer" && change.after !== null
            ? { ...change, after: { ...change.after, generation: change.after.generation + 1 } }
            : change,
        ),
      },
    ]),
  ],
  [
    "I1",
    "a switch to a slot that was not smoke-tested",
    (history) =>
      history.map((event) =>
        event.kind === "committed"
          ? { ...event, changes: event.changes.filter(({ table }) => table !== "event") }
          : event,
      ),
  ],
  [
    "I2",
    "an object that is deleted under a call",
    first(
      "answered",
      ({ needs }) => needs.length > 0,
      (event) => [
        event,
        {
          kind: "effected",
          atMs: event.atMs,
          account: "account-one",
          verb: "delete",
          objectKind: "voice-agent.agent",
          externalKey: "key",
          externalId: event.needs[0]?.externalId ?? "",
          object: null,
        },
      ],
    ),
  ],
  ["I2", "a call that changes its release", first("turned", always, (event) => [{ ...event, bundleHash: "other" }])],
  [
    "I3",
    "a second object under a key",
    end((inventory) => {
      const [object] = inventory.objects;
      return { ...inventory, objects: [...inventory.objects, { ...object!, externalId: "twin" }] };
    }),
  ],
  ["I3", "an object that is gone", end((inventory) => ({ ...inventory, objects: inventory.objects.slice(1) }))],
  [
    "I4",
    "a request that differs in one letter",
    first(
      "requested",
      ({ fields }) => fields !== null,
      (event) => [{ ...event, fields: { ...event.fields, x: 1 } }],
    ),
  ],
  [
    "I4",
    "a plan that differs from its hash",
    first(
      "committed",
      (event) => changesOf(event, "plan").length > 0,
      (event) => [
        {
          ...event,
          changes: event.changes.map((change) =>
            change.table === "plan" && change.after !== null
              ? { ...change, after: { ...change.after, bundleHash: "other" } }
              : change,
          ),
        },
      ],
    ),
  ],
  [
    "I5",
    "a change without its audit row",
    first(
      "committed",
      ({ audits }) => audits.length > 0,
      (event) => [{ ...event, audits: [] }],
    ),
  ],
  [
    "I5",
    "an audit row that was edited",
    first(
      "committed",
      ({ audits }) => audits.length > 0,
      (event) => [{ ...event, audits: event.audits.map((row) => ({ ...row, reason: "another" })) }],
    ),
  ],
  ["I5", "an audit row without a change", first("committed", movesPointer, (event) => [{ ...event, changes: [] }])],
  ["I6", "a write to another account", first("requested", always, (event) => [{ ...event, account: "account-two" }])],
  [
    "I6",
    "a row of another tenant",
    first(
      "committed",
      (event) => changesOf(event, "rollout").length > 0,
      (event) => [{ ...event, tenantId: "other" }],
    ),
  ],
  [
    "I7",
    "a credential in a log line",
    first("closed", always, (event) => [
      { kind: "logged", atMs: event.atMs, by: "worker-1", text: `failed: ${event.canaries[0]}` },
      event,
    ]),
  ],
  [
    "I7",
    "a credential in a member that a commit wrote",
    (history) =>
      first(
        "committed",
        (event) => changesOf(event, "rollout").some(({ before }) => before !== null),
        (event) => [
          {
            ...event,
            changes: event.changes.map((change) =>
              change.table === "rollout" && change.after !== null
                ? { ...change, after: { ...change.after, memory: { said: [canaryOf(history)] } } }
                : change,
            ),
          },
        ],
      )(history),
  ],
  [
    "I7",
    "a credential in a message",
    (history) =>
      first("committed", always, (event) => [{ ...event, messages: [{ [canaryOf(history)]: true }] }])(history),
  ],
  [
    "I8",
    "a rollout that stands still",
    end((inventory) => ({
      ...inventory,
      deployments: inventory.deployments.map((rows) => ({
        ...rows,
        rollouts: rows.rollouts.map((rollout) => ({ ...rollout, phase: "applying" as const })),
      })),
    })),
  ],
  [
    "I9",
    "a node that does not see a rollback",
    (history) => {
      const click = ofKind(history, "acknowledged").find(({ what }) => what === "rollback");
      return history.filter((event) => event.kind !== "seen" || event.generation < (click?.generation ?? 0));
    },
  ],
  [
    "I10",
    "a commit that is lost",
    (history) =>
      history.toSpliced(
        history.findLastIndex(({ kind }) => kind === "committed"),
        1,
      ),
  ],
  [
    "I10",
    "an acknowledgement of what was never committed",
    (history) => {
      const { requestId } = ofKind(history, "acknowledged")[0]!;
      const asked = history.findIndex((event) => event.kind === "asked" && event.requestId === requestId);
      const done = history.findIndex((event) => event.kind === "acknowledged" && event.requestId === requestId);
      return history.filter((event, index) => event.kind !== "committed" || index < asked || index > done);
    },
  ],
  ["I11", "a bake that ended without what its calls told", first("committed", leavesOnEvidence, told("inconclusive"))],
  ["I11", "a release that stays in spite of its calls", first("committed", weighsOn, told("breached"))],
];

describe("the checker", () => {
  it("finds nothing in a run as it was", () => {
    expect(whole.length).toBeGreaterThan(50);
    expect(checkHistory(whole)).toEqual([]);
  });

  it.each(cases)("%s: notices %s", (invariant, _what, tamper) => {
    const found = new Set(checkHistory(tamper(whole)).map((violation) => violation.invariant as string));
    expect([...found]).toContain(invariant);
  });
});
