import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { gatePolicy } from "../../testing/gate-policy.setup.ts";
import { refusal, renderAs, stubApi } from "../../testing/stubbed-api.setup.tsx";
import type { Standing } from "./plan.ts";
import { StartDialog } from "./start-dialog.tsx";
import type { GatePolicy } from "./start-draft.ts";

const policy: GatePolicy = {
  ...gatePolicy,
  evidence: {
    minCalls: 20,
    extendMs: 3_600_000,
    whenInconclusive: "hold",
    margins: { booked: 0.5 },
    falseBreachRate: 0.05,
    falsePassRate: 0.1,
  },
  mayLoosen: false,
};
const standing = {
  deployment: { id: "d1", name: "front-desk", environment: "production", playbook: "desk" },
} as Standing;
const members = [
  { member: "evidence.minCalls", policy: 20, asked: 5 },
  { member: "evidence.margins.booked", policy: 0.5, asked: 0.9 },
  { member: "bakeMs", policy: 3_600_000, asked: 60_000 },
];

function show() {
  const asked = stubApi({
    "GET /v1/gate-policies/production": { environment: "production", policy, version: 1 },
    "GET /v1/freezes": { items: [], next: null },
    "GET /v1/deployments/d1": { liveRollout: null },
    "POST /v1/rollouts": () => refusal(422, "policy_refused", { details: { environment: "production", members } }),
  });
  renderAs(["apply"], <StartDialog tenant="acme" planId="p1" standing={standing} isOpen onClose={() => undefined} />);
  return asked;
}

test("evidence is seen as the environment has it, asked for where it differs, and refused at its fields", async () => {
  const asked = show();
  expect(await screen.findByText("as production has it")).toBeTruthy();
  const dialog = within(screen.getByRole("dialog"));
  expect(dialog.getByText(/calls are compared from 20 calls of each side on, judged by booked \(50 %\)/)).toBeTruthy();
  await userEvent.click(dialog.getByText("What calls must show"));
  const calls = dialog.getByLabelText("Fewest calls");
  await userEvent.clear(calls);
  expect(dialog.getByRole("button", { name: "Roll out" }).getAttribute("aria-disabled")).toBe("true");
  await userEvent.type(calls, "5");
  expect(dialog.getByText("changed here")).toBeTruthy();
  await userEvent.click(dialog.getByRole("button", { name: "Roll out" }));
  expect(await dialog.findByText("The policy wants 20, or more care")).toBeTruthy();
  expect(dialog.getByText("The policy wants 50 %, or more care")).toBeTruthy();
  expect(dialog.getByText("The policy wants 1 h at least")).toBeTruthy();
  expect(asked.find(({ method }) => method === "POST")?.body).toEqual({
    planId: "p1",
    policy: { evidence: { minCalls: 5 } },
  });
});
