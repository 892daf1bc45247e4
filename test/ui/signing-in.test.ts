import { afterAll, beforeAll, expect, test } from "vitest";
import { emailOf, passwordOf } from "./harness/persons.ts";
import { Ui } from "./harness/ui.ts";

let ui: Ui;
beforeAll(async () => {
  ui = await Ui.start();
});
afterAll(() => ui?.stop());

test("persons come in by their links, out, and in again with their password", async () => {
  const page = await ui.page("viewer");
  await page.getByRole("button", { name: "Vera Viewer" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByLabel("E-mail").fill(emailOf("viewer"));
  await page.getByLabel("Password").fill(passwordOf("viewer"));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Vera Viewer" }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/");
  expect(await ui.axe(page)).toEqual([]);
});
