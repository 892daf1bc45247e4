import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { openPage } from "../../../testing/page.setup.tsx";
import { type Answers, type Asked, refusal, SESSION } from "../../../testing/stubbed-api.setup.tsx";
import type { Candidate, FleetPlan, FleetWish } from "./fleet-draft.ts";

const PLATFORM = { ...SESSION, platform: { roles: ["platform-admin"], permissions: ["platform"] } } as typeof SESSION;
const limits = { concurrency: 10, perTenant: 2, budget: { share: 0.02 }, bakeMs: 3_600_000 };
const member = (id: string, tenant: string, more: Partial<Candidate> = {}): Candidate => ({
  tenantId: `t-${tenant}`,
  tenant,
  deploymentId: id,
  name: "desk",
  environment: "production",
  isEarlyAccess: false,
  ...more,
});
const ALL = [member("d1", "acme", { isEarlyAccess: true }), member("d2", "birch"), member("d3", "cedar")];

/** A plan as the server makes it: the cohort first, then the rest. */
function planOf({ deploymentIds }: FleetWish): FleetPlan {
  const members = ALL.filter(({ deploymentId }) => deploymentIds?.includes(deploymentId) ?? true);
  const waves = [
    { name: "early access", limits, members: members.filter(({ isEarlyAccess }) => isEarlyAccess) },
    { name: "rest", limits, members: members.filter(({ isEarlyAccess }) => !isEarlyAccess) },
  ];
  return {
    hash: `h${members.length}`,
    waves: waves.filter((wave) => wave.members.length > 0),
    leftOut: [{ member: member("d9", "elm"), reason: "never-live", text: "It has never been live." }],
  };
}

const answers: Answers = {
  "GET /v1/playbooks": {
    items: [{ name: "desk", title: "Front desk", summary: "", versions: 2, isLibrary: true, deployments: 0 }],
    next: null,
  },
  "GET /v1/playbooks/desk": {
    name: "desk",
    versions: [
      { version: "2.0.0", deployments: 0 },
      { version: "1.0.0", deployments: 3 },
    ],
  },
  "POST /v1/fleet-rollouts/preview": ({ body }: Asked) => Response.json(planOf(body as FleetWish)),
};
const started = (asked: readonly Asked[]) =>
  asked.filter(({ method, address }) => method === "POST" && address === "/v1/fleet-rollouts");
const settled = () =>
  waitFor(() => expect(screen.getByRole("button", { name: "Start" }).getAttribute("aria-disabled")).toBeNull());

test("a version is chosen, who moves when is seen, one is left out, and exactly that is started", async () => {
  const asked = openPage(
    "/fleet/start",
    { ...answers, "POST /v1/fleet-rollouts": () => refusal(409, "plan_stale") },
    PLATFORM,
  );
  await userEvent.selectOptions(
    await screen.findByLabelText("Version"),
    await screen.findByRole("option", { name: "2.0.0" }),
  );
  expect(await screen.findByText("3 deployments of 3 tenants, in 2 waves.")).toBeTruthy();
  expect(screen.getByText("Stays: It has never been live.")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Leave out birch / desk", hidden: true }));
  expect(await screen.findByText("2 deployments of 2 tenants, in 2 waves.")).toBeTruthy();
  await userEvent.clear(screen.getByLabelText("Rollouts at a time"));
  await userEvent.type(screen.getByLabelText("Rollouts at a time"), "3");
  await userEvent.selectOptions(screen.getByLabelText("Unit of the failure budget"), "failures");
  await settled();
  expect(started(asked)).toEqual([]);
  await userEvent.click(screen.getByRole("button", { name: "Start" }));
  const question = within(screen.getByRole("alertdialog"));
  expect(question.getByText(/begins at once with 1 deployment\./)).toBeTruthy();
  await userEvent.click(question.getByRole("button", { name: "Start the fleet rollout" }));
  expect(await question.findByText("Refused")).toBeTruthy(); // the fleet has changed since: it is said, and the form stays
  expect(started(asked)[0]?.body).toMatchObject({
    playbook: "desk",
    version: "2.0.0",
    planHash: "h2",
    deploymentIds: ["d1", "d3"],
    limits: { concurrency: 3, budget: { count: 2 } },
  });
  await userEvent.click(question.getByRole("button", { name: "Keep it as it is" }));
  await userEvent.click(screen.getByRole("button", { name: "Take in birch / desk", hidden: true }));
  expect(await screen.findByText("3 deployments of 3 tenants, in 2 waves.")).toBeTruthy();
}, 20_000);

test("what is wrong stands at its field, and nothing is asked for meanwhile", async () => {
  const asked = openPage("/fleet/start?playbook=desk&version=2.0.0", answers, PLATFORM);
  await settled();
  const before = asked.length;
  await userEvent.clear(screen.getByLabelText("How much in wave 2"));
  await userEvent.type(screen.getByLabelText("How much in wave 2"), "200");
  expect(screen.getByText("From 0.0001 to 100")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Start" }).getAttribute("aria-disabled")).toBe("true");
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(asked).toHaveLength(before);
}, 20_000);

test("it belongs to the platform", async () => {
  openPage("/fleet/start", answers);
  expect(await screen.findByText("Only administrators of the platform may do this.")).toBeTruthy();
});
