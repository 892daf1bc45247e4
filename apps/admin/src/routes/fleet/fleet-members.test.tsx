import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { openPage } from "../../testing/page.setup.tsx";
import { SESSION } from "../../testing/stubbed-api.setup.tsx";
import type { FleetDetail, Member } from "./words.ts";

const PLATFORM = { ...SESSION, platform: { roles: ["platform-admin"], permissions: ["platform"] } } as typeof SESSION;
const limits = { concurrency: 1, perTenant: 1, budget: { count: 1 }, bakeMs: 0 };
const fleet: FleetDetail = {
  id: "f1",
  playbook: "desk",
  version: "2.0.0",
  manifestHash: "m",
  state: "running",
  reason: null,
  wavePosition: 0,
  createdBy: "person:anna",
  createdAt: "2026-11-01T08:00:00.000Z",
  endedAt: null,
  waves: [
    {
      id: "w",
      position: 0,
      name: "rest",
      limits,
      size: 2,
      acceptedFailures: 0,
      state: "running",
      bakeUntil: null,
      counts: {},
    },
  ],
  selection: { playbook: "desk", environments: null, tenantIds: null, tenantTags: null, deploymentIds: null },
  policy: {},
  patience: { heldMs: 1, waitMs: 1 },
};
const member = (tenant: string, state: Member["state"], rolloutId: string | null): Member => ({
  fleetRolloutId: "f1",
  tenantId: `t-${tenant}`,
  tenant,
  deploymentId: `d-${tenant}`,
  name: "desk",
  playbook: "desk",
  version: "2.0.0",
  wavePosition: 0,
  state,
  reason: null,
  detail: null,
  rolloutId,
  begunAt: rolloutId === null ? null : "2026-11-01T08:00:00.000Z",
  endedAt: null,
});

test("who has not begun is left out with a reason; own tenants are linked, others named", async () => {
  const asked = openPage(
    "/fleet/f1",
    {
      "GET /v1/fleet-rollouts/f1": fleet,
      "GET /v1/fleet-rollouts/f1/members": {
        items: [member("acme", "running", "01900000-aaaa"), member("birch", "pending", null)],
        next: null,
      },
      "POST /v1/fleet-rollouts/f1/skip": { skipped: 1 },
    },
    PLATFORM,
  );
  const rows = within(await screen.findByRole("table", { name: "Deployments of the fleet rollout" }));
  expect((await rows.findByRole("link", { name: "acme / desk" })).getAttribute("href")).toBe("/t/acme/d/desk");
  expect(rows.queryByRole("link", { name: "birch / desk" })).toBeNull();
  expect(rows.queryByRole("button", { name: "Leave out acme / desk" })).toBeNull();
  await userEvent.click(rows.getByRole("button", { name: "Leave out birch / desk" }));
  const question = within(screen.getByRole("alertdialog"));
  await userEvent.type(question.getByLabelText("Why"), "moves in May");
  await userEvent.click(question.getByRole("button", { name: "Leave out" }));
  expect(asked.find(({ method }) => method === "POST")?.body).toEqual({
    tenantId: "t-birch",
    deploymentId: "d-birch",
    reason: "moves in May",
  });
});
