import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PERSONS } from "./harness/persons.ts";
import { Ui } from "./harness/ui.ts";

let ui: Ui;
beforeAll(async () => {
  ui = await Ui.start();
});
afterAll(() => ui?.stop());

const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? "");

test("menu and help are worked by keyboard, and the focus comes back", async () => {
  const page = await ui.page("operator");
  const { name } = PERSONS.operator;
  const account = page.getByRole("button", { name });
  await account.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitemradio", { name: "Theme of the system" }).waitFor();
  await page.keyboard.press("d");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe("dark");
  await expect.poll(() => focused(page)).toBe(name);
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
  expect(await ui.axe(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect.poll(() => focused(page)).toBe(name);
});

test("without a network the page says so, stays, and goes on afterwards", async () => {
  const page = await ui.page("operator");
  const deployment = page.getByRole("link", { name: ui.office.deployment }).first();
  await deployment.waitFor();
  await page.context().setOffline(true);
  await page.getByText("You are offline").waitFor();
  await expect.poll(() => deployment.isVisible()).toBe(true);
  await page.context().setOffline(false);
  await page.getByText("You are offline").waitFor({ state: "detached" });
  await deployment.click();
  await page.getByRole("heading", { level: 1, name: ui.office.deployment }).waitFor();
  ui.complaints(); // of reads that had no network
});
