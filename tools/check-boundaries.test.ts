import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkBoundaries } from "./check-boundaries.mjs";
import { workspaceRoot } from "./projects.mjs";

const SKIPPED = new Set(["node_modules", "dist", "generated", ".nx"]);

/** What is planted: file, its text, and what the check must say about that file. */
const PLANTED = [
  ["libs/kernel/src/planted-outside.ts", `import { z } from "zod";`, /kernel may not import zod/],
  ["libs/kernel/src/planted-node.ts", `import { readFileSync } from "node:fs";`, /kernel may not import node:fs/],
  [
    "libs/kernel/src/planted-upwards.ts",
    `import type { Plan } from "@tandem/domain/plan";`,
    /kernel may not import layer domain/,
  ],
  [
    "libs/domain/src/manifest/planted-room.ts",
    `export * from "../plan/index.ts";`,
    /manifest may not import room plan/,
  ],
  [
    "libs/domain/src/plan/planted-room.ts",
    `export type { Rollout } from "../rollout/index.ts";`,
    /plan may not import room rollout/,
  ],
  ["libs/domain/src/session/planted-room.ts", `import "../kpi/index.ts";`, /session may not import room kpi/],
  ["libs/domain/src/plan/planted-window.ts", `import "../manifest/manifest.ts";`, /entered through its door/],
  ["libs/domain/src/attic/planted.ts", `import "../manifest/index.ts";`, /attic is not a room/],
  [
    "libs/domain/src/slot/planted-package.ts",
    `import { diff } from "json-diff-ts";`,
    /json-diff-ts belongs to room plan/,
  ],
  ["libs/domain/src/slot/planted-clock.ts", `export const at = Date.now();`, /Date\.now makes the domain impure/],
  ["libs/domain/src/slot/planted-date.ts", `export const at = new Date();`, /Date\.now makes the domain impure/],
  ["libs/domain/src/slot/planted-timer.ts", `setTimeout(() => {}, 1);`, /setTimeout makes the domain impure/],
  [
    "libs/domain/src/slot/planted-fetch.ts",
    `export const get = () => fetch("http://x");`,
    /fetch makes the domain impure/,
  ],
  [
    "libs/engine/src/planted-store.ts",
    `import { openStore } from "@tandem/store";`,
    /engine may not import layer store/,
  ],
  [
    "libs/engine/src/planted-type.ts",
    `export type S = import("@tandem/store").Store;`,
    /engine may not import layer store/,
  ],
  ["libs/engine/src/planted-lazy.ts", `export const load = () => import("twilio");`, /engine may not import twilio/],
  ["libs/engine/src/planted-computed.ts", `export const load = (name: string) => import(name);`, /computed name/],
  ["libs/engine/src/planted-escape.ts", `import "../../domain/src/plan/index.ts";`, /leaves the project/],
  ["libs/engine/src/planted-word.ts", `export const dryRun = true;`, /glossary says plan, not dryRun/],
  ["libs/engine/src/planted-word-key.ts", `export interface Step { swap: boolean }`, /glossary says switch, not swap/],
  [
    "libs/engine/src/planted-environment.ts",
    `export const url = process.env["X"];`,
    /only libs\/config reads process\.env/,
  ],
  ["libs/engine/src/planted-long.ts", "export {};\n".repeat(401), /401 lines, 400 at most/],
  ["libs/engine/src/utils/planted.ts", `export {};`, /"utils" says nothing/],
  ["libs/engine/src/helpers.ts", `export {};`, /"helpers" says nothing/],
  ["libs/engine/src/types.ts", `export {};`, /gathers unrelated things/],
  ["libs/engine/src/planted-broken.ts", `export const = ;`, /cannot be parsed/],
  ["libs/adapters/retell/src/planted-neighbour.ts", `import "@tandem/twilio";`, /adapter may not import layer adapter/],
  [
    "libs/adapters/twilio/src/planted-sdk.ts",
    `import type { Twilio } from "twilio";`,
    /only src\/client\.ts may import twilio/,
  ],
  ["libs/adapters/google/src/planted-bare.ts", `import { google } from "googleapis";`, /bare googleapis import/],
  ["libs/adapters/empty/package.json", `{ "name": "@tandem/empty", "nx": { "tags": ["layer:adapter"] } }`, undefined],
  ["libs/store/src/planted-undeclared.ts", `import { Redis } from "ioredis";`, /store may not import ioredis/],
  [
    "libs/telemetry/src/planted-undeclared.ts",
    `import { x } from "@opentelemetry/sdk-metrics";`,
    /@opentelemetry\/sdk-metrics is not in dependencies/,
  ],
  [
    "libs/telemetry/src/planted-reference.ts",
    `import "@tandem/ports/telephony";`,
    /ports is not in dependencies.*|not referenced/,
  ],
  ["libs/telemetry/src/planted-nowhere.ts", `import "@tandem/nowhere";`, /no project @tandem\/nowhere/],
  ["apps/api/src/planted-loader.ts", `import "@tandem/catalog/loaders";`, /worker and media's tool-host only/],
  ["apps/api/src/planted-engine.ts", `import "@tandem/engine";`, /api may not import layer engine/],
  [
    "apps/media/src/session/planted-loader.ts",
    `import "@tandem/catalog/loaders";`,
    /worker and media's tool-host only/,
  ],
  ["apps/media/src/planted-sdk.ts", `import "twilio";`, /media may not import twilio/],
  ["libs/untagged/package.json", `{ "name": "@tandem/untagged" }`, /needs a known layer tag/],
  [
    "libs/mystery/package.json",
    `{ "name": "@tandem/mystery", "nx": { "tags": ["layer:mystery"] } }`,
    /needs a known layer tag/,
  ],
] as const;

/** Looks like a violation and is none. */
const INNOCENT = [
  ["libs/domain/src/slot/planted-parameter.ts", `export const at = (fetch: () => string) => fetch();`],
  ["libs/domain/src/slot/planted-property.ts", `export const read = (row: { fetch: string }) => row.fetch;`],
  ["libs/domain/src/slot/planted-date-of.ts", `export const at = (ms: number) => new Date(ms);`],
  [
    "libs/engine/src/planted-suite.test.ts",
    `import "@tandem/testkit"; import { readFileSync } from "node:fs"; import "vitest";`,
  ],
  ["libs/store/src/planted-database.test.ts", `import "../../../vitest.database.ts";`],
  ["apps/media/src/tool-host/planted-loader.ts", `import "@tandem/catalog/loaders";`],
] as const;

let copy: string;
let violations: string[];

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "tandem-boundaries-"));
  cpSync(join(workspaceRoot, "package.json"), join(copy, "package.json"));
  for (const folder of ["apps", "libs"]) {
    cpSync(join(workspaceRoot, folder), join(copy, folder), {
      recursive: true,
      filter: (path) => !SKIPPED.has(basename(path)),
    });
  }
  for (const [path, text] of [...PLANTED, ...INNOCENT]) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  }
  violations = checkBoundaries(copy);
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const about = (path: string) => violations.filter((violation) => violation.startsWith(`${path}:`));

describe("every planted violation is reported at its file", () => {
  test.each(PLANTED.filter(([, , message]) => message))("%s", (path, _text, message) => {
    expect(about(path).join("\n")).toMatch(message as RegExp);
  });

  test("a vendor folder without its files", () => {
    expect(about("libs/adapters/empty").join("\n")).toMatch(
      /every vendor folder has one of src\/webhook\.ts, src\/providers\.ts/,
    );
  });
});

test.each(INNOCENT)("%s is allowed", (path) => {
  expect(about(path)).toEqual([]);
});

test("projects that import each other in a circle are reported", () => {
  const manifest = join(copy, "libs/kernel/package.json");
  const kernel = JSON.parse(readFileSync(manifest, "utf8")) as { dependencies: Record<string, string> };
  kernel.dependencies["@tandem/domain"] = "0.0.0";
  writeFileSync(manifest, JSON.stringify(kernel));
  expect(checkBoundaries(copy).join("\n")).toMatch(/in a circle: .*kernel/);
});
