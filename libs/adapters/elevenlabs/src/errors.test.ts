import { expect, test } from "vitest";
import { closedSocket, readFailure, RefusedRequest, toldFailure } from "./errors.ts";

test.each([
  [1006, "", "unavailable"],
  [1011, "", "unavailable"],
  [1009, "", "invalid"],
  [1008, "", "unavailable"],
  [1008, "We are sorry, something went wrong.", "unavailable"],
  [1008, "Maximum simultaneous contexts per WebSocket connection exceeded (5).", "throttled"],
  [1008, "This request exceeds your quota of 10000.", "payment"],
  [1008, "Invalid API key", "unauthorized"],
  [1008, "A voice with id x does not exist.", "not-found"],
  [1008, "Have not received a new text input within the timeout of 20 seconds.", "unavailable"],
])("closed with %i %j is %s", (code, reason, fault) => {
  expect(closedSocket(code, reason, [])).toMatchObject({ fault, retryAfterMs: null });
});

test("a key that the vendor repeats is not shown", () => {
  const failure = toldFailure("invalid_api_key", "The key sk_0123456789 is not known", ["sk_0123456789"]);
  expect(failure).toEqual({
    fault: "unauthorized",
    message: "elevenlabs: The key [redacted] is not known",
    retryAfterMs: null,
  });
});

test.each([
  [401, "invalid_api_key", "unauthorized"],
  [401, "quota_exceeded", "payment"],
  [401, "missing_permissions", "forbidden"],
  [429, "too_many_concurrent_requests", "throttled"],
  [500, "", "unavailable"],
  [422, "", "invalid"],
])("status %i with %j is %s", (status, code, fault) => {
  const response = new Response(null, { status, headers: { "retry-after": "2" } });
  const refused = new RefusedRequest(response, { code, message: "" });
  expect(readFailure(refused)).toMatchObject({ fault, status, retryAfterMs: 2000 });
});
