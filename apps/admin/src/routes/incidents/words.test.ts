import { expect, test } from "vitest";
import { type Diagnosis, presentStack, STACKS, walkRefusal } from "./words.ts";

const walk = (...states: readonly Diagnosis["state"][]): Diagnosis[] =>
  STACKS.map((stack, at) => ({
    stack,
    state: states[at] ?? "waiting",
    isSuspected: false,
    startedAt: null,
    dueAt: null,
    endedAt: null,
  }));

test("a later stack waits for all earlier ones, and the reason names them", () => {
  const incident = { state: "open", stacks: walk("cleared", "diagnosing") } as const;
  expect(walkRefusal(incident, "telephony")).toBeNull();
  expect(walkRefusal(incident, "audio")).toBeNull();
  expect(walkRefusal(incident, "intelligence")).toMatch(/^Clear audio first/);
  expect(walkRefusal(incident, "output")).toMatch(/^Clear audio and intelligence first/);
  expect(walkRefusal({ state: "open", stacks: walk("diagnosing") }, "output")).toMatch(
    /^Clear telephony, audio and intelligence first/,
  );
});

test("a resolved incident lets no stack be judged", () => {
  expect(walkRefusal({ state: "resolved", stacks: walk("concluded") }, "telephony")).toMatch(/resolved/);
});

test("what is worked on is under diagnosis, or where the cause is", () => {
  expect(presentStack({ stacks: walk("cleared", "diagnosing") })).toBe("audio");
  expect(presentStack({ stacks: walk("cleared", "cleared", "concluded") })).toBe("intelligence");
});
