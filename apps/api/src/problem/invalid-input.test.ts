import { StartRollout } from "@tandem/contracts";
import { expect, test } from "vitest";
import { invalidInput } from "./invalid-input.ts";

const DEPLOYMENT = "0190a6b2-7c1e-7c3a-9d52-0123456789ab";
const placesOf = (body: unknown) => {
  const { error } = StartRollout.safeParse(body);
  return invalidInput(error?.issues ?? []).places;
};

test("what is wrong inside of one of several forms is told at its place", () => {
  const [only, ...others] = placesOf({ planId: DEPLOYMENT, policy: { bakeMs: -1 } });
  expect(only?.path).toBe("/policy/bakeMs");
  expect(others).toEqual([]);
});

test("the form that was meant is the one that is missed by least", () => {
  expect(placesOf({ deploymentId: DEPLOYMENT, manifestVersion: 7 }).map(({ path }) => path)).toEqual([
    "/manifestVersion",
  ]);
  expect(placesOf({ planId: "not one" }).map(({ path }) => path)).toEqual(["/planId"]);
});
