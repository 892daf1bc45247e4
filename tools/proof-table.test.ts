import { expect, test } from "vitest";
import { nightTable, outcomeOf } from "./proof-table.mjs";

test.each<[string, string, string, number | null]>([
  ["sim", "1000049 schedules in 3000 s (333/s), 9000 calls answered, 0 violations", "1000049 schedules", 0],
  ["mutants", "caught a\n53 mutants, 53 caught, in 700 s", "53 mutants", 0],
  ["mutants", "LIVES b\n53 mutants, 51 caught, in 700 s", "53 mutants", 2],
  ["crash matrix", "847 of 847 cells, 0 with violations, 0 not struck, 9 held", "847 cells", 0],
  ["chaos: schedules", "10000 schedules, 1 with violations; 4 workers struck", "10000 schedules", 1],
  [
    "chaos: processes",
    "calls: 90 to an agent, 0 to a person\nviolations: 0\n── queue in redis\ncalls: 10 to an agent\nviolations: 2",
    "100 calls answered",
    2,
  ],
  ["fuzz", "rest: 200 cases, 3 violations\n1600000 cases in 900 s, 3 violations", "1600000 cases", 3],
  ["upgrade", "rollouts of engine 1 succeeded: 4\nrollouts of engine 2 aborted: 3\nviolations: 0", "7 rollouts", 0],
])("%s is read: %#", (name, text, count, violations) => {
  const outcome = outcomeOf(name, { code: 0, text });
  expect(outcome).toMatchObject({ count, violations, isWell: violations === 0 });
  expect(outcomeOf(name, { code: 1, text }).isWell, "whatever it prints, its exit code says that it failed").toBe(
    false,
  );
});

test("an output that cannot be read is no pass, and what was skipped says why", () => {
  expect(outcomeOf("sim", { code: 0, text: "all good" })).toMatchObject({ count: "nothing told", isWell: false });
  expect(outcomeOf("sim", { code: 0, text: "0 schedules in 0 s, 0 violations" }).isWell).toBe(false);
  const skipped = outcomeOf("upgrade", {
    code: 0,
    text: "upgrade: 1 skipped: the release before is not in this history",
  });
  expect(skipped).toMatchObject({ count: "skipped", isWell: true });
  expect(
    nightTable([{ name: "upgrade", seconds: 130, ...skipped }])
      .split("\n")
      .at(-1),
  ).toBe("| upgrade | skipped | not told | 2 min 10 s | ok | the release before is not in this history |");
});
