import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

const CANARY = "canary-4711";

/** What a process of its own prints for one logged object. */
const printed = (fields: object): string =>
  execFileSync(
    process.execPath,
    [
      "--conditions=@tandem/source",
      "--input-type=module",
      "--eval",
      `import { makeLogger } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
       makeLogger({ app: "worker", level: "info", isPretty: false }).info(${JSON.stringify(fields)}, "told");`,
    ],
    { encoding: "utf8" },
  );

test.each(["authorization", "password", "token", "apiKey", "sealed", "cookie"])(
  "a member named %s is not printed, on its own or inside another",
  (name) => {
    const line = printed({ [name]: CANARY, request: { [name]: CANARY } });
    expect(line).toContain("told");
    expect(line).not.toContain(CANARY);
  },
);
