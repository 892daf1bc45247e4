import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { openPage } from "../../testing/page.setup.tsx";

const since = "2025-11-28T11:05:00.000Z";
const tenant = { id: "1", slug: "acme", name: "Acme" };
const row = {
  tenant: { ...tenant, status: "active" },
  id: "d",
  name: "front-desk",
  playbook: "after-hours-answering",
  environment: "production",
  number: null,
  timeZone: "America/New_York",
  state: "attention",
  flags: ["drift"],
  mode: "live",
  live: { slot: "blue", bundleHash: null, version: "1.0.0", since, by: null },
  candidateBp: 0,
  calls: 1,
  health: null,
  rollout: null,
};
const drift = {
  kind: "drift",
  urgency: 4,
  tenant,
  deployment: { id: "d", name: "front-desk", environment: "production", timeZone: "Asia/Tokyo" },
  rolloutId: null,
  incidentId: null,
  connection: null,
  since,
  until: null,
  code: "drift-found",
  detail: "1 of the vendors' objects is not as it was applied.",
  nextAction: "",
};
const counts = { attention: 1, "rolling-out": 0, diverted: 0, live: 0, "not-live": 0 };

test("what needs a person because of drift leads to the drift; each row's times are in its own zone", async () => {
  openPage("/", {
    "GET /v1/overview": { items: [row], next: null, counts },
    "GET /v1/attention": { items: [drift], next: null, counts: { drift: 1 } },
  });
  const decide = await screen.findByRole<HTMLAnchorElement>("link", { name: /^Decide for front-desk/ });
  expect(new URL(decide.href).hash).toBe("#drift");
  await screen.findByRole("table", { name: "Deployments" });
  const titles = [...document.getElementsByTagName("time")].map(({ title }) => title);
  expect(titles).toEqual([
    "2025-11-28 11:05:00 UTC · 28 Nov 2025 20:05 in Asia/Tokyo",
    "2025-11-28 11:05:00 UTC · 28 Nov 2025 06:05 in America/New_York",
  ]);
});
