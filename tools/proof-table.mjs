// What a proof's output says, and the table of a night.

/** How each proof tells what it did; the first group is the count, the second (where there is one) the number of violations. */
const TELLS = {
  sim: [/(\d+) schedules in .*, (\d+) violations/],
  mutants: [/(\d+) mutants, (\d+) caught/],
  "crash matrix": [/(\d+) of \d+ cells, (\d+) with violations/],
  "chaos: schedules": [/(\d+) schedules, (\d+) with violations/],
  "chaos: processes": [/calls: (\d+) to an agent/g, /violations: (\d+)/g],
  fuzz: [/(\d+) cases in \d+ s, (\d+) violations/],
  upgrade: [/rollouts of engine \S+ \S+: (\d+)/g, /violations: (\d+)/],
};
const UNITS = {
  sim: "schedules",
  mutants: "mutants",
  "crash matrix": "cells",
  "chaos: schedules": "schedules",
  "chaos: processes": "calls answered",
  fuzz: "cases",
  upgrade: "rollouts",
};

/** Sum of a number that a text tells once or many times; null when it does not. */
function told(text, pattern, group) {
  const matches = pattern.global
    ? [...text.matchAll(pattern)]
    : [text.match(pattern)].filter((match) => match !== null);
  return matches.length === 0 ? null : matches.reduce((sum, match) => sum + Number(match[group]), 0);
}

/**
 * What one proof came to. It is well when its exit code says so and it told a count and no violation, or said that it was skipped: an
 * output that cannot be read is not taken for a pass.
 */
export function outcomeOf(name, { code, text }) {
  const [counts, violationsTold] = TELLS[name];
  const plain = text.replaceAll("\u001b", "").replaceAll(/\[\d+m/g, "");
  const skipped = code === 0 ? plain.match(/^\w+: \d+ skipped: (.*)$/m)?.[1] : undefined;
  if (skipped !== undefined) return { count: "skipped", violations: null, isWell: true, note: skipped };
  const count = told(plain, counts, 1);
  const second = violationsTold === undefined ? told(plain, counts, 2) : told(plain, violationsTold, 1);
  const violations = name === "mutants" && count !== null && second !== null ? count - second : second;
  const isWell = code === 0 && count !== null && count > 0 && violations === 0;
  const last = plain.trim().split("\n").at(-1) ?? "";
  return {
    count: count === null ? "nothing told" : `${count} ${UNITS[name]}`,
    violations,
    isWell,
    note: isWell ? "" : last,
  };
}

/** The night as a table that fits into docs/reliability.md. */
export function nightTable(rows) {
  const lines = rows.map(({ name, count, violations, seconds, isWell, note }) => {
    const cells = [
      name,
      count,
      violations ?? "not told",
      lasted(seconds),
      isWell ? "ok" : "FAILED",
      note.replaceAll("|", "/"),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return ["| proof | tried | violations | took | | |", "| --- | --- | --- | --- | --- | --- |", ...lines].join("\n");
}

const lasted = (seconds) =>
  seconds < 120 ? `${seconds.toFixed(0)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
