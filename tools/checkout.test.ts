import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { listProjects, workspaceRoot } from "./projects.mjs";

const NOT_OURS = new Set(["node_modules", "dist", ".data", ".git", ".nx", "coverage"]);

function testFilesBelow(folder: string): string[] {
  return readdirSync(join(workspaceRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : testFilesBelow(path);
    return /\.(test|spec)\.[cm]?[jt]sx?$/.test(entry.name) ? [path] : [];
  });
}

test("every test file of the checkout is one that CI runs", () => {
  const ci = readFileSync(join(workspaceRoot, ".ci/run"), "utf8");
  for (const command of [
    "npx vitest run $(",
    ...["e2e", "ui", "conformance"].map((suite) => `--config vitest.${suite}.config.ts`),
  ])
    expect(ci).toContain(command);
  const suites = ["tools/", "test/e2e/", "test/ui/", "test/conformance/"];
  const run = [...listProjects().map(({ folder }) => `${folder}/src/`), ...suites];
  const files = testFilesBelow("");
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter((file) => !run.some((folder) => file.startsWith(folder)))).toEqual([]);
});

test("no test is left out by hand, and none is the only one that runs", () => {
  const marked = testFilesBelow("").filter((file) =>
    /\b(it|test|describe)(\.\w+)*\.(only|todo|fails)\b|\b(it|test|describe)\.skip\(/.test(
      readFileSync(join(workspaceRoot, file), "utf8"),
    ),
  );
  expect(marked).toEqual([]);
});

test("what running writes into the checkout, secrets first, is nothing that git takes up", () => {
  const ignored = readFileSync(join(workspaceRoot, ".gitignore"), "utf8").split("\n");
  for (const written of [".data/", ".env", "dist/", "node_modules/", "libs/store/src/generated/"])
    expect(ignored).toContain(written);
});
