import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { openPage } from "../../testing/page.setup.tsx";
import { SESSION } from "../../testing/stubbed-api.setup.tsx";

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
  fleet: null,
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

const fleet = { id: "f1", playbook: "desk", version: "2.0.0", pausedBy: null, failed: 3, through: 40, members: 1200 };
const paused = {
  ...drift,
  kind: "fleet-paused",
  urgency: 1,
  tenant: null,
  deployment: null,
  code: "failure-budget",
  detail: "3 of 100 members of the wave 10 % failed; its budget is 2.",
  nextAction: "Read the failed members; resume to accept these failures and go on, or abort.",
  fleet,
};
const PLATFORM = { ...SESSION, platform: { roles: ["platform-admin"], permissions: ["platform"] } } as typeof SESSION;

test("who looks after the platform and belongs to no tenant is told of fleet rollouts that are paused, and led there", async () => {
  const byPerson = {
    ...paused,
    code: "pause-asked",
    detail: "",
    nextAction: "Resume it, or abort.",
    fleet: { ...fleet, id: "f2", pausedBy: "person:01900000-aaaa" },
  };
  openPage(
    "/",
    { "GET /v1/attention": { items: [paused, byPerson], next: null, counts: { "fleet-paused": 2 } } },
    { ...PLATFORM, tenants: { ...SESSION.tenants, items: [] } },
  );
  const links = await screen.findAllByRole<HTMLAnchorElement>("link", {
    name: "Look at it for desk 2.0.0 to the fleet",
  });
  expect(links.map((link) => link.getAttribute("href"))).toEqual(["/fleet/f1", "/fleet/f2"]);
  const [itself, person] = screen.getAllByRole("listitem").map((item) => within(item));
  itself?.getByText("Fleet rollout paused");
  itself?.getByText("· paused by itself · 3 of 1,200 failed, 40 through");
  itself?.getByText(paused.detail);
  person?.getByText("person 01900000");
  person?.getByText("Resume it, or abort.");
  screen.getByText("You belong to no tenant yet");
});

const node = (name: string, silentMs: number) => ({ id: `id-${name}`, name, region: "fra", lookedAt: since, silentMs });

test("a media node that is silent stands first, and is forgotten with a reason; one that tells of itself is not shown", async () => {
  let nodes = [node("fra-1", 800), node("fra-2", 90_000)];
  const asked = openPage(
    "/",
    {
      "GET /v1/overview": { items: [row], next: null, counts },
      "GET /v1/attention": { items: [drift], next: null, counts: { drift: 1 } },
      "GET /v1/media-nodes": () => Response.json({ items: nodes, next: null }),
      "POST /v1/media-nodes/id-fra-2/forget": () => {
        nodes = [];
        return new Response(null, { status: 204 });
      },
    },
    PLATFORM,
  );
  const list = within(await screen.findByRole("region", { name: /Needs a person/ }));
  await list.findByText("fra-2");
  expect(list.queryByText("fra-1")).toBeNull();
  expect(list.getAllByRole("listitem").map(({ textContent }) => textContent?.slice(0, 17))).toEqual([
    "Media node silent",
  ]);
  await userEvent.click(list.getByRole("button", { name: "Forget the media node fra-2" }));
  const question = within(screen.getByRole("alertdialog"));
  await userEvent.type(question.getByLabelText(/Why/), "the machine burnt");
  await userEvent.click(question.getByRole("button", { name: "Forget" }));
  await list.findByRole("link", { name: /^Decide for front-desk/ });
  expect(list.queryByText("fra-2")).toBeNull();
  const sent = asked.find(({ address }) => address === "/v1/media-nodes/id-fra-2/forget");
  expect(sent?.body).toEqual({ reason: "the machine burnt" });
});

test("who belongs to no tenant and does not look after the platform asks for nothing", async () => {
  const asked = openPage("/", {}, { ...SESSION, tenants: { ...SESSION.tenants, items: [] } });
  await screen.findByText("You belong to no tenant yet");
  expect(asked.filter(({ address }) => address.startsWith("/v1/attention"))).toEqual([]);
});
