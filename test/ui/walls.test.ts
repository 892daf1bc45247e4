import { afterAll, beforeAll, expect, test } from "vitest";
import { PERSONS } from "./harness/persons.ts";
import { Ui } from "./harness/ui.ts";

let ui: Ui;
beforeAll(async () => {
  ui = await Ui.start();
});
afterAll(() => ui?.stop());

test("a tenant's administrator sees nothing of another tenant: not in pages, not by its addresses, not from the API", async () => {
  const neighbour = await ui.neighbour();
  const page = await ui.page("neighbour");
  const { office } = ui;
  const seen = async () => (await page.locator("body").innerText()).replaceAll(PERSONS.neighbour.name, "");

  await page.getByText(neighbour.deployment).first().waitFor();
  expect(await seen()).not.toMatch(/Harbor/);

  const { plan } = await office.plan();
  const addresses = ["", "/configure", "/calls", "/kpis"]
    .map((rest) => `/t/${office.slug}/d/${office.deployment}${rest}`)
    .concat(["connections", "audit", "access"].map((name) => `/t/${office.slug}/${name}`))
    .concat(`/t/${office.slug}/plans/${plan.id}`, `/t/${neighbour.slug}/plans/${plan.id}`)
    .concat(`/t/${neighbour.slug}/d/${office.deploymentId}`);
  for (const address of addresses) {
    await page.goto(ui.at(address));
    await expect
      .poll(() => page.getByRole("heading", { level: 1 }).count(), { message: address, timeout: 30_000 })
      .toBe(1);
    await expect.poll(() => page.locator("[aria-busy=true]").count(), { message: address, timeout: 30_000 }).toBe(0);
    const text = await seen();
    for (const secret of ["Harbor Plumbing", office.number, office.accounts.twilio, office.accounts.google])
      expect(text, address).not.toContain(secret);
  }

  const asked = [
    `/v1/deployments/${office.deploymentId}`,
    `/v1/deployments/${office.deploymentId}/configuration`,
    `/v1/plans/${plan.id}`,
    `/v1/tenants/${office.tenantId}`,
    "/v1/connections",
    "/v1/audit",
    "/v1/members",
  ];
  const statuses = await page.evaluate(
    async ({ paths, slugs }) =>
      Promise.all(
        slugs.map((slug) =>
          Promise.all(
            paths.map(async (path) => {
              const answer = await fetch(path, { headers: { "tandem-tenant": slug } });
              return { path, slug, status: answer.status, text: await answer.text() };
            }),
          ),
        ),
      ),
    { paths: asked, slugs: [office.slug, neighbour.slug] },
  );
  const [inTheirs = [], inOwn = []] = statuses;
  expect(inTheirs.map(({ path, status }) => [path, status])).toEqual(
    asked.map((path) => [path, expect.toBeOneOf([403, 404])]),
  );
  for (const { path, status, text } of inOwn) {
    if (path.includes(office.deploymentId) || path.includes(plan.id) || path.includes(office.tenantId))
      expect([path, status]).toEqual([path, expect.toBeOneOf([403, 404])]);
    expect(text, path).not.toMatch(new RegExp(`Harbor|${office.slug}|${office.accounts.twilio}`));
  }
});
