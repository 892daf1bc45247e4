import { expect, test } from "vitest";
import { closedFailure, faultOf, refusedFailure, socketFailure, toldError } from "./errors.ts";

const KEY = "key-that-nobody-may-see";

test.each([
  [400, "invalid"],
  [401, "unauthorized"],
  [402, "payment"],
  [403, "forbidden"],
  [404, "not-found"],
  [408, "unavailable"],
  [429, "throttled"],
  [500, "unavailable"],
  [503, "unavailable"],
] as const)("status %i is %s", (status, fault) => expect(faultOf(status)).toBe(fault));

test("a refused handshake tells the vendor's words and when to come again, without the key", () => {
  expect(refusedFailure(429, { "dg-error": `Too many for ${KEY}`, "retry-after": "3" }, KEY)).toEqual({
    fault: "throttled",
    message: "Deepgram refused the connection with status 429: Too many for [redacted]",
    retryAfterMs: 3000,
  });
  expect(refusedFailure(503, {}, KEY).retryAfterMs).toBeNull();
});

test.each([
  [1006, "unavailable"],
  [1011, "unavailable"],
  [1000, "unavailable"],
  [1008, "invalid"],
  [1003, "invalid"],
] as const)("close code %i is %s", (code, fault) => {
  const failure = closedFailure(code, `because of ${KEY}`, KEY);
  expect(failure.fault).toBe(fault);
  expect(failure.message).not.toContain(KEY);
});

test("a frame that WebSocket does not allow is a breach, a broken network is not", () => {
  const broken = (code: string) => socketFailure(Object.assign(new Error("x"), { code })).fault;
  expect(broken("WS_ERR_INVALID_UTF8")).toBe("contract");
  expect(broken("ECONNREFUSED")).toBe("unavailable");
});

test("of an error message only its code is told", () => {
  expect(toldError({ type: "Error", code: "NET-0001", description: "Ada said no" }).message).toContain("NET-0001");
  expect(toldError({ type: "Error", code: "Ada said no" }).message).not.toContain("Ada");
});
