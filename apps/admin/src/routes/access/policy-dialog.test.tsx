import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { gatePolicy } from "../../testing/gate-policy.setup.ts";
import { type Answers, refusal, renderAs, stubApi } from "../../testing/stubbed-api.setup.tsx";
import { PolicyDialog } from "./policy-dialog.tsx";

function show(answers: Answers) {
  const asked = stubApi(answers);
  const state = { environment: "production", policy: gatePolicy, source: "own", version: 3 } as const;
  renderAs(["gates"], <PolicyDialog tenant="acme" state={state} etag={'"3"'} onClose={() => undefined} />);
  return { asked, dialog: within(screen.getByRole("dialog", { name: "Policy of production" })) };
}

const fill = async (control: HTMLElement, text: string): Promise<void> => {
  await userEvent.clear(control);
  await userEvent.type(control, text);
};

test("canary, evidence, replay and costs are set, on the version that was read", async () => {
  const { asked, dialog } = show({
    "PUT /v1/gate-policies/production": { environment: "production", policy: gatePolicy },
  });
  await userEvent.selectOptions(dialog.getByLabelText("How callers come to it"), "canary");
  await fill(dialog.getByLabelText("Share of step 1, per cent of new calls"), "10");
  await userEvent.click(dialog.getByLabelText(/^Calls of the new release are compared/));
  await fill(dialog.getByLabelText("Fewest calls"), "40");
  await fill(dialog.getByLabelText(/^Booked/), "25");
  await userEvent.selectOptions(dialog.getByLabelText("Before callers come to it"), "show");
  await fill(dialog.getByLabelText(/^A call costs at most/), "0.4");
  await userEvent.click(dialog.getByRole("button", { name: "Change the policy" }));
  await expect.poll(() => asked.length).toBe(1);
  expect(asked[0]).toMatchObject({
    headers: { "if-match": '"3"' },
    body: {
      ...gatePolicy,
      strategy: { kind: "canary", steps: [{ weightBp: 1000 }, { weightBp: 2500 }, { weightBp: 5000 }] },
      evidence: { minCalls: 40, margins: { booked: 0.25 } },
      replay: { gate: "show", sessions: 20 },
      costCap: { perCallMicros: 400_000, perMonth: null },
    },
  });
});

test("what is wrong is marked at its field and not sent; nobody approves their own in production", async () => {
  const { asked, dialog } = show({});
  const approvals = dialog.getByLabelText("Approvals");
  await fill(approvals, "two");
  expect(approvals.getAttribute("aria-invalid")).toBe("true");
  await userEvent.click(dialog.getByRole("button", { name: "Change the policy" }));
  expect(asked).toEqual([]);
  expect(dialog.getByLabelText<HTMLInputElement>(/^Whoever asked/).disabled).toBe(true);
});

test("the server's words stand at the field that they are about", async () => {
  const errors = [{ path: "/strategy/steps/0/weightBp", message: "is too large a share" }];
  const { dialog } = show({ "PUT /v1/gate-policies/production": () => refusal(422, "invalid_input", { errors }) });
  await userEvent.selectOptions(dialog.getByLabelText("How callers come to it"), "canary");
  await userEvent.click(dialog.getByRole("button", { name: "Change the policy" }));
  await dialog.findByRole("alert");
  const steps = dialog.getByRole("group", { name: "Steps of the canary" });
  expect(within(steps).getByText("is too large a share")).toBeTruthy();
});
