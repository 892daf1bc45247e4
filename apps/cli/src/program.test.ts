import { mkdtemp, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parsedValues } from "./commands/key-value.ts";
import { exitCodeOf } from "./commands/apply.ts";
import { runProgram } from "./program.ts";
import { table } from "./views/table.ts";

const PLAYBOOKS = join(import.meta.dirname, "../../../playbooks");
let printed: string;

beforeEach(() => {
  printed = "";
  const keep = (chunk: unknown) => ((printed += String(chunk)), true);
  vi.spyOn(process.stdout, "write").mockImplementation(keep);
  vi.spyOn(process.stderr, "write").mockImplementation(keep);
});
afterEach(() => vi.restoreAllMocks());

test("the shipped playbooks are valid", async () => {
  for (const name of ["after-hours-answering", "lead-qualifier"])
    expect(await runProgram(["validate", join(PLAYBOOKS, name)])).toBe(0);
  expect(printed).toContain("after-hours-answering@");
});

test("an invalid folder answers 2 with file, line, column and fix, and the same as JSON", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tandem-cli-"));
  await mkdir(join(folder, "prompts"));
  await writeFile(join(folder, "manifest.yaml"), "manifest: 1\nname: x\nversoin: 1.0.0\n");
  expect(await runProgram(["validate", folder])).toBe(2);
  expect(printed).toMatch(/manifest\.yaml:3:1/);
  expect(printed).toContain("version");
  printed = "";
  expect(await runProgram(["--json", "validate", folder])).toBe(2);
  const answer = JSON.parse(printed) as { valid: boolean; diagnostics: { position: { line: number } }[] };
  expect(answer.valid).toBe(false);
  expect(answer.diagnostics.some(({ position }) => position.line === 3)).toBe(true);
});

test("a folder that is not there is told with its name", async () => {
  expect(await runProgram(["validate", "/nowhere/at-all"])).not.toBe(0);
  expect(printed).toContain("/nowhere/at-all");
});

test("a command that is not understood answers 2, help answers 0", async () => {
  expect(await runProgram(["frobnicate"])).toBe(2);
  expect(await runProgram(["apply"])).toBe(2);
  expect(await runProgram(["deployments", "create", "x"])).toBe(2);
  expect(await runProgram(["deployments", "set", "x", "novalue"])).toBe(2);
  expect(await runProgram(["--help"])).toBe(0);
});

test("an API that does not answer is a failure that says where it looked", async () => {
  vi.stubEnv("TANDEM_URL", "http://127.0.0.1:1");
  vi.stubEnv("TANDEM_API_KEY", "tdm_x");
  expect(await runProgram(["deployments"])).toBe(1);
  expect(printed).toContain("http://127.0.0.1:1");
  expect(printed).not.toContain("tdm_x");
  vi.unstubAllEnvs();
});

test("exit codes of a rollout's end", () => {
  expect(
    ["succeeded", "aborted", "rolled-back", "failed", "held", "awaiting-promotion", "baking"].map(exitCodeOf),
  ).toEqual([0, 1, 1, 1, 3, 3, 3]);
});

test("values keep their meaning", () => {
  expect(
    parsedValues({ a: "5", b: "true", c: '{"x":1}', d: "+15551234567", e: "plain", f: "007x", g: "{broken" }),
  ).toEqual({
    a: 5,
    b: true,
    c: { x: 1 },
    d: "+15551234567",
    e: "plain",
    f: "007x",
    g: "{broken",
  });
});

test("a number within a value that JSON would change is refused, and named", () => {
  expect(() => parsedValues({ cap: '{"":9999999999999900,"p":null}' })).toThrow(/too large .* 9999999999999900/);
  expect(() => parsedValues({ cap: "[1e999]" })).toThrow(/quotes/);
  expect(parsedValues({ cap: '{"x":"9999999999999900"}' })).toEqual({ cap: { x: "9999999999999900" } });
});

test("a table keeps its columns and says when it is empty", () => {
  expect(
    table(
      ["a", "b"],
      [
        ["1", "2"],
        ["333", ""],
      ],
    ),
  ).toBe("A    B\n1    2\n333");
  expect(table(["a"], [])).toBe("(none)");
});
