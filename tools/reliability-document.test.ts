import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { workspaceRoot } from "./projects.mjs";

const text = readFileSync(join(workspaceRoot, "docs/reliability.md"), "utf8");
const { scripts } = JSON.parse(readFileSync(join(workspaceRoot, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** Test files that a document names, each with the names in quotes behind it, up to the next file or the end of the cell. */
function namedTests(document: string): { readonly file: string; readonly names: readonly string[] }[] {
  const parts = document.split(/`((?:apps|libs|test|tools)\/[\w./-]+\.(?:test|contract)\.ts)`/);
  return parts.flatMap((file, nth) => {
    if (nth % 2 === 0) return [];
    const behind = parts[nth + 1]?.split(/ \|\n|\n/)[0] ?? "";
    return [{ file, names: [...behind.matchAll(/“([^”]+)”/g)].map(([, name]) => name ?? "") }];
  });
}

/** What is wrong with what a document names. */
function wrongIn(document: string): string[] {
  const tests = namedTests(document).flatMap(({ file, names }) => {
    const path = join(workspaceRoot, file);
    if (!existsSync(path)) return [`${file} does not exist`];
    const source = readFileSync(path, "utf8");
    return names
      .filter((name) => ![`"${name}"`, `\`${name}\``, `'${name}'`].some((quoted) => source.includes(quoted)))
      .map((name) => `${file} has no “${name}”`);
  });
  const commands = [...document.matchAll(/`npm run ([\w:-]+)/g)].flatMap(([, name]) =>
    name !== undefined && scripts[name] !== undefined ? [] : [`npm run ${name} does not exist`],
  );
  return [...tests, ...commands];
}

test("every test that the reliability document names exists and bears the name, every command is one", () => {
  expect(wrongIn(text)).toEqual([]);
});

test("each invariant, each row of the fault matrix and each failure of the peer's list names what shows it", () => {
  const numbersOf = (title: string): string[] => {
    const section = text.split(/^## /m).find((part) => part.startsWith(title)) ?? "";
    const rows = section
      .split("\n")
      .filter((line) => /^\| *(I?\d+)? *\|/.test(line))
      .slice(1); // the first one is the table's head
    for (const row of rows) {
      const shown = row.split(" | ").at(-1) ?? "";
      expect(namedTests(shown).some(({ names }) => names.length > 0) || shown.includes("`npm run "), row).toBe(true);
    }
    return rows.map((row) => row.split("|")[1]?.trim() ?? "").filter((number) => number !== "");
  };
  const count = (most: number, prefix = ""): string[] =>
    Array.from({ length: most }, (_, nth) => `${prefix}${nth + 1}`);
  expect(numbersOf("Promises")).toEqual(count(11, "I"));
  expect(numbersOf("Faults of our own")).toEqual(count(36));
  expect(numbersOf("The peer's list of failures")).toEqual(count(34));
});

test("the look at the document can fail", () => {
  expect(wrongIn("`libs/nowhere/a.test.ts` “x”; `npm run nothing`")).toEqual([
    "libs/nowhere/a.test.ts does not exist",
    "npm run nothing does not exist",
  ]);
  expect(
    wrongIn("| `tools/checkout.test.ts` “every test file of the checkout”, “another” |\n“of the next cell”"),
  ).toEqual([
    "tools/checkout.test.ts has no “every test file of the checkout”",
    "tools/checkout.test.ts has no “another”",
  ]);
});
