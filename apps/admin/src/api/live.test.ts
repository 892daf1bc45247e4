import { expect, test } from "vitest";
import { isConcerned, type LiveHint } from "./live.ts";
import { read } from "./query.ts";

const hint: LiveHint = { tenant: "acme", kind: "rollout", deployment: "d" };

test.each([
  ["the tenant's rollout", read("/v1/rollouts/{id}", { tenant: "acme", path: { id: "1" } }).queryKey, true],
  ["the tenant's deployments, whose list names rollouts", read("/v1/deployments", { tenant: "acme" }).queryKey, true],
  ["the same of another tenant", read("/v1/deployments", { tenant: "other" }).queryKey, false],
  ["what a rollout does not change", read("/v1/connections", { tenant: "acme" }).queryKey, false],
  ["what is not read from the API", ["session"], false],
] as const)("a hint about a rollout concerns %s: %s", (_, key, expected) => {
  expect(isConcerned(key, hint)).toBe(expected);
});
