import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

it("docs/state-diagram.md agrees with the transition tables", () => {
  const script = join(import.meta.dirname, "state-diagram.mjs");
  const output = execFileSync(process.execPath, ["--conditions=@tandem/source", script, "--check"], {
    encoding: "utf8",
  });
  expect(output).toContain("agrees");
});
