import { afterAll, beforeAll, expect, test } from "vitest";
import { PHONE, Ui } from "./harness/ui.ts";

let ui: Ui;
beforeAll(async () => {
  ui = await Ui.start();
});
afterAll(() => ui?.stop());

/** Vendors are asked, and the rollout goes on, in their own time. */
const patient = { timeout: 240_000 };

test("from the first link to the first rollout and the way back, in the browser alone", async () => {
  const page = await ui.page("admin"); // by the link that the launcher prints
  await page.getByRole("link", { name: ui.office.deployment }).first().click();
  await page.getByRole("heading", { level: 1, name: ui.office.deployment }).waitFor();
  await page.getByRole("link", { name: "Configure", exact: true }).click();
  await page.getByRole("textbox", { name: "Business name" }).fill("Harbor Plumbing at Night");
  await page.getByRole("button", { name: "Save and plan" }).click();
  await page.getByRole("link", { name: "Read the plan" }).click(patient);
  await page.getByRole("button", { name: "Roll out", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Roll out", exact: true }).click();
  await page.waitForURL(/\/rollouts\//);
  await page.getByText("complete", { exact: true }).waitFor(patient);

  await page.getByRole("link", { name: ui.office.deployment }).first().click();
  const blue = page.getByRole("article", { name: "Slot blue" });
  await blue.getByText("active", { exact: true }).waitFor();
  expect((await ui.office.detail()).pointer).toMatchObject({ active: "blue", generation: 1 });

  const phone = await ui.page("admin", { viewport: PHONE, hasTouch: true, isMobile: true });
  await phone.goto(page.url());
  const rollBack = phone.getByRole("button", { name: "Roll back" });
  await rollBack.waitFor();
  expect(await rollBack.getAttribute("aria-disabled"), "a first release has no way back").toBe("true");
  expect(await phone.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);

  await page.goto(ui.at(`/t/${ui.tenant}/audit`));
  await page.getByLabel("Action", { exact: true }).fill("pointer");
  await page.getByText("pointer.moved").first().waitFor();
}, 600_000);
