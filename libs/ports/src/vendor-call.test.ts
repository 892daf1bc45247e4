import { type Clock, systemClock, VendorError } from "@tandem/kernel";
import { expect, test } from "vitest";
import { cleanText, networkFailure, retryAfterMs, vendorCalls, type VendorFailure } from "./vendor-call.ts";

const refused: VendorFailure = { fault: "throttled", message: "slower", hasReached: true };
const lost: VendorFailure = { fault: "unavailable", message: "lost", hasReached: true };
const neverSent: VendorFailure = { ...lost, hasReached: false };
const broken: VendorFailure = { fault: "contract", message: "nonsense", hasReached: true };

const callsWith = (deadlineMs = 1000, clock: Clock = systemClock) =>
  vendorCalls({
    vendor: "acme",
    clock,
    deadlineMs,
    readFailure: (error) => error as VendorFailure,
    hidden: () => ["hush-hush"],
  });

const fail = (failure: VendorFailure) => () => Promise.reject(failure);
const fine = () => Promise.resolve("fine");

async function effectOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof VendorError)) throw new Error("it did not fail as a VendorError");
  return `${error.facts.fault} ${error.facts.effect}`;
}

test.each([
  ["read", refused, "throttled none"],
  ["read", lost, "unavailable none"],
  ["read", broken, "contract none"],
  ["write", refused, "throttled none"],
  ["write", lost, "unavailable unknown"],
  ["write", neverSent, "unavailable none"],
  ["write", broken, "contract unknown"],
] as const)("a %s that failed with %o had effect: %s", async (kind, failure, expected) => {
  expect(await effectOf(callsWith().run("try", (requests) => requests[kind](fail(failure))))).toBe(expected);
});

test.each([
  ["read", lost, "unavailable applied"],
  ["write", refused, "throttled applied"],
  ["write", neverSent, "unavailable applied"],
  ["write", lost, "unavailable unknown"],
] as const)("after a write of the same call, a %s that failed with %o: %s", async (kind, failure, expected) => {
  const call = callsWith().run("try", async (requests) => {
    await requests.write(fine);
    return requests[kind](fail(failure));
  });
  expect(await effectOf(call)).toBe(expected);
});

test("the deadline covers the whole call, aborts what runs and sends nothing more", async () => {
  let aborted = false;
  let sentAfter = false;
  const startedMs = performance.now();
  const call = callsWith(60).run("try", async (requests) => {
    await requests.read(fine);
    await requests
      .write(
        (signal) =>
          new Promise((_, reject) =>
            signal.addEventListener("abort", () => ((aborted = true), reject(lost as unknown as Error))),
          ),
      )
      .catch(() => {});
    return requests.write(async () => void (sentAfter = true));
  });
  expect(await effectOf(call)).toBe("unavailable none");
  expect([aborted, sentAfter]).toEqual([true, false]);
  expect(performance.now() - startedMs).toBeLessThan(1000);
});

test("an SDK that ignores the abort signal does not hold the call", async () => {
  expect(await effectOf(callsWith(40).run("try", (requests) => requests.write(() => new Promise(() => {}))))).toBe(
    "unavailable unknown",
  );
});

test("a call that is done leaves no timer behind", async () => {
  let slept: AbortSignal | undefined;
  const clock: Clock = {
    ...systemClock,
    sleep: (_, signal) => (
      (slept = signal),
      new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(new Error("woken"))))
    ),
  };
  await callsWith(1000, clock).run("try", (requests) => requests.read(fine));
  expect(slept?.aborted).toBe(true);
});

test("what a vendor says is told without secrets, addresses and numbers, on one line", async () => {
  const said = "hush-hush: a.b+c@d-e.example\n called from +1 (202) 555-0143 at 12:30, code 4711";
  const call = callsWith().run("try", (requests) => requests.read(fail({ ...refused, message: said })));
  await expect(call).rejects.toThrow("acme try: [redacted]: [e-mail] called from [number] at 12:30, code 4711");
  expect(cleanText("x".repeat(900), [])).toHaveLength(300);
  expect(cleanText("p%40ss=a%2Fb", ["a/b+secret", "p@ss"])).toBe("[redacted]=a%2Fb");
});

test.each([
  ["7", 7000],
  ["0.5", 500],
  ["Fri, 20 Nov 2026 12:00:10 GMT", 10_000],
  ["Fri, 20 Nov 2026 11:00:00 GMT", 0],
  ["soon", undefined],
  ["", undefined],
  [null, undefined],
])("Retry-After %j is %j ms", (header, expected) => {
  expect(retryAfterMs(header, Date.parse("2026-11-20T12:00:00Z"))).toBe(expected);
});

test.each([
  ["ECONNREFUSED", false],
  ["ENOTFOUND", false],
  ["ECONNRESET", true],
])("a connection that ended with %s had reached the vendor: %j", (code, hasReached) => {
  const error = new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code }) });
  expect(networkFailure(error)).toMatchObject({ hasReached, message: `the connection failed (${code})` });
});
