import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const FOLDER = new URL(".", import.meta.url);
const IMPORT =
  /^(?:import|export)\s+(?<isType>type\s)?[^;]*?from\s+"(?<module>[^"]+)"|^import\s+"(?<bare>[^"]+)"|\bimport\(/gm;

/** What a file takes from elsewhere at run time. */
const valuesOf = (text: string): string[] =>
  [...text.matchAll(IMPORT)]
    .filter(({ groups }) => groups?.["isType"] === undefined)
    .map(({ 0: whole, groups }) => groups?.["module"] ?? groups?.["bare"] ?? whole);

it("the checker shares no code with what it checks: only Node and its own folder", () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  expect(files.length).toBeGreaterThan(10);
  const strangers = files.flatMap((name) =>
    valuesOf(readFileSync(new URL(name, FOLDER), "utf8"))
      .filter((module) => !module.startsWith("node:") && !/^\.\/[a-z-]+\.ts$/.test(module))
      .map((module) => `${name}: ${module}`),
  );
  expect(strangers).toEqual([]);
});

it("the look at imports sees every way of taking a value", () => {
  const text = [
    'import { a } from "@tandem/domain/plan";',
    'import {\n  b,\n} from "@tandem/kernel";',
    'import type { C } from "@tandem/engine";',
    'export { d } from "@tandem/store";',
    'import "@tandem/ports";',
    'const e = await import("@tandem/engine");',
  ].join("\n");
  expect(valuesOf(text)).toEqual([
    "@tandem/domain/plan",
    "@tandem/kernel",
    "@tandem/store",
    "@tandem/ports",
    "import(",
  ]);
});
