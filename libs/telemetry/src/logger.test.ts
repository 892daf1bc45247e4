import { Secret, VendorError } from "@tandem/kernel";
import { pino } from "pino";
import { expect, test } from "vitest";
import { describeError, rateLimited } from "./index.ts";

const CANARY = "canary-4711";

test("an SDK error keeps its message and loses request, headers and body", () => {
  const error = Object.assign(new Error("Request failed with status code 401"), {
    code: "ERR_BAD_REQUEST",
    config: { headers: { Authorization: `Basic ${CANARY}` }, data: CANARY },
    response: { data: CANARY },
  });
  const described = JSON.stringify(describeError(error));
  expect(described).toContain("401");
  expect(described).not.toContain(CANARY);
});

test("a vendor error shows its facts and not its cause", () => {
  const cause = Object.assign(new Error("x"), { headers: CANARY });
  const error = new VendorError(
    "refused",
    { vendor: "twilio", operation: "read", fault: "unauthorized", effect: "none" },
    cause,
  );
  expect(describeError(error)).toMatchObject({ code: "vendor_unauthorized", facts: { vendor: "twilio" } });
  expect(JSON.stringify(describeError(error))).not.toContain(CANARY);
});

test("a Secret prints as redacted through pino", () => {
  const lines: string[] = [];
  pino({}, { write: (line: string) => void lines.push(line) }).info({ credential: new Secret(CANARY) }, "stored");
  expect(lines.join()).toContain("[redacted]");
  expect(lines.join()).not.toContain(CANARY);
});

test("a storm of errors is one line", () => {
  const seen: number[] = [];
  const log = rateLimited(60_000, (leftOut) => seen.push(leftOut));
  for (let i = 0; i < 1000; i++) log(new Error("again"));
  expect(seen).toEqual([0]);
});
