import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { openPage } from "../../testing/page.setup.tsx";
import { SESSION } from "../../testing/stubbed-api.setup.tsx";

const at = "2026-11-28T10:00:00.000Z";
const playbook = {
  name: "lead-qualifier",
  title: "Lead qualifier",
  summary: "Asks and books.",
  lastVersion: "1.0.0",
  lastPublishedAt: at,
  versions: 1,
  isLibrary: true,
  deployments: 0,
};
const answers = { "GET /v1/playbooks": { items: [playbook], next: null } };
const nowhere = { ...SESSION, tenants: { items: [], next: null } };
const platform = { roles: ["platform-admin" as const], permissions: ["readPlaybooks", "publish", "platform"] };

test("who looks after the platform reads the library without a tenant", async () => {
  localStorage.setItem("tandem.tenant", "somebody-elses");
  const asked = openPage("/playbooks", answers, { ...nowhere, platform });
  expect(await screen.findByRole("link", { name: "Lead qualifier" })).toBeTruthy();
  expect(screen.queryByRole("columnheader", { name: "Deployments" })).toBeNull();
  const { headers } = asked.find(({ address }) => address.startsWith("/v1/playbooks")) ?? {};
  expect(headers).not.toHaveProperty("tandem-tenant");
});

test("a member sees their tenant's playbooks and the library's with whose they are", async () => {
  const asked = openPage("/playbooks", answers);
  expect(await screen.findByText("library")).toBeTruthy();
  expect(screen.getByRole("columnheader", { name: "Deployments" })).toBeTruthy();
  expect(asked.find(({ address }) => address.startsWith("/v1/playbooks"))?.headers["tandem-tenant"]).toBe("acme");
});

test.each(["/playbooks", "/playbooks/lead-qualifier"])(
  "%s tells whoever belongs nowhere why it is empty",
  async (address) => {
    const asked = openPage(address, answers, nowhere);
    expect(await screen.findByText("You belong to no tenant yet")).toBeTruthy();
    expect(asked.filter((each) => /playbooks|manifests/.test(each.address))).toEqual([]);
  },
);
