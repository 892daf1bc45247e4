import { expect, test } from "vitest";
import { type Standing, verdictOf } from "./standing.ts";

const NOW = Date.parse("2026-11-28T10:00:00.000Z");
const tested = (
  shown: Partial<NonNullable<NonNullable<Standing["lastTest"]>["shown"]>> | null,
  state: "done" | "failed" | "pending" = "done",
): Standing => ({
  connectionId: "c",
  credential: { version: 1, state: "in-force", detail: null, since: "2026-11-27T10:00:00.000Z" },
  lastTest: {
    checkId: "t",
    state,
    askedBy: "person:1",
    askedAt: "2026-11-28T09:00:00.000Z",
    finishedAt: null,
    shown:
      shown === null
        ? null
        : { account: "a", status: "active", expiresAt: null, grantedScopes: [], missingScopes: [], ...shown },
    code: null,
    detail: state === "failed" ? "The vendor refused it." : null,
  },
  deployments: [],
});
const word = (standing: Standing) => verdictOf(standing, NOW).word;

test("what a connection needs first is told first", () => {
  const fine = tested({});
  expect(word(fine)).toBe("works");
  expect(word({ ...fine, credential: null })).toBe("no credential");
  expect(word({ ...fine, lastTest: null })).toBe("not tested yet");
  expect(word({ ...fine, credential: { version: 2, state: "refused", detail: "It lacks a.", since: "x" } })).toBe(
    "credential refused",
  );
  expect(word({ ...fine, credential: { version: 2, state: "pending", detail: null, since: "x" } })).toBe(
    "being verified",
  );
  expect(verdictOf(tested(null, "failed"), NOW)).toEqual({
    tone: "bad",
    word: "test failed",
    advice: "The vendor refused it.",
  });
  expect(word(tested({ missingScopes: ["a"] }))).toBe("1 scope missing");
  expect(word(tested({ status: "suspended" }))).toBe("account suspended");
});

test("the end of a credential is told two weeks before", () => {
  const ending = (expiresAt: string) => word(tested({ expiresAt }));
  expect(ending("2026-11-28T09:59:00.000Z")).toBe("expired");
  expect(ending("2026-12-01T09:00:00.000Z")).toBe("ends in 3 d");
  expect(ending("2027-11-28T09:59:00.000Z")).toBe("works");
});
