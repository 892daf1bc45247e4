import { afterAll, beforeAll, expect, test } from "vitest";
import { Ui } from "./harness/ui.ts";

let ui: Ui;
beforeAll(async () => {
  ui = await Ui.start();
});
afterAll(() => ui?.stop());

const at = (path: string) => ui.at(`/t/${ui.tenant}/${path}`);

test("an account is connected along the vendor's steps, tested at once, and its secrets are nowhere to be read", async () => {
  const page = await ui.page("owner");
  await page.goto(at("connections/new"));
  await page.getByRole("link", { name: /HubSpot/ }).click();
  await page.getByLabel("Name", { exact: true }).fill("second-crm");
  await page.getByLabel("Answered by the sandbox").check();
  await page.getByLabel("Private app access token").fill(ui.office.secrets.accessToken);
  await page.getByRole("button", { name: "Connect and test" }).click();
  await page.getByText("It works").waitFor({ timeout: 60_000 });
  const kept = await page.evaluate(() =>
    JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage)]),
  );
  expect(kept + (await page.content())).not.toContain(ui.office.secrets.accessToken);
  expect(await ui.axe(page)).toEqual([]);

  await page.goto(at("connections"));
  const row = page.getByRole("row", { name: /second-crm/ });
  await row.getByText("works").waitFor();
  await expect.poll(() => row.innerText()).toContain("nobody");
  await expect.poll(() => page.getByRole("row", { name: /front-desk/ }).count()).toBeGreaterThan(0);
  expect(await ui.axe(page)).toEqual([]);
});

test("a credential is rotated: the new one is verified before it takes over, the old one drains", async () => {
  const page = await ui.page("owner");
  await page.goto(at(`connections/${ui.office.connections.crm}`));
  await page.getByRole("button", { name: "Rotate credential" }).click();
  const dialog = page.getByRole("dialog", { name: /Rotate the credential/ });
  await dialog.getByLabel("Private app access token").fill("pat-na1-not-known");
  await dialog.getByRole("button", { name: "Rotate", exact: true }).click();
  await page.getByText(/^Version 2/).waitFor();
  await page
    .getByRole("list", { name: "Credentials" })
    .getByText("refused", { exact: true })
    .waitFor({ timeout: 60_000 });
  await page.getByRole("list", { name: "Credentials" }).getByText("in force", { exact: true }).waitFor();
  await page.getByRole("link", { name: ui.office.deployment }).waitFor();
});

test("a connection is renamed, and its deployment goes on with it", async () => {
  const page = await ui.page("owner");
  await page.goto(at(`connections/${ui.office.connections.calendar}`));
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("front calendar");
  expect(await ui.axe(page)).toEqual([]);
  await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
  await page.getByRole("heading", { level: 1, name: "front calendar" }).waitFor();
  await page.getByRole("link", { name: ui.office.deployment }).waitFor();
});

test("a new deployment is made in the browser and says what it still needs", async () => {
  const page = await ui.page("owner");
  await page.goto(at("new-deployment"));
  await page.getByLabel("Name", { exact: true }).fill("Second Desk");
  await page.getByLabel("Number that callers dial").fill("+1 (555) 019-8877");
  await page.getByRole("button", { name: "Create and configure" }).click();
  await page.getByRole("heading", { name: "Configure second-desk" }).waitFor();
  await page.getByText(/keep it from a plan/).waitFor();
  await page.getByLabel("CRM", { exact: true }).selectOption({ index: 1 });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("All changes are saved").waitFor();
  const configuration = await ui.office.api.get("/v1/deployments/second-desk/configuration");
  expect(configuration).toMatchObject({ number: "+15550198877", connections: { crm: expect.any(String) } });
});

test("who may not manage connections reads them and is told why", async () => {
  const page = await ui.page("viewer");
  await page.goto(at("connections"));
  const button = page.getByRole("button", { name: "Connect an account" });
  await button.focus();
  await page.getByRole("tooltip").getByText("do not allow this").waitFor();
});
