import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Ui } from "./harness/ui.ts";

let ui: Ui;
beforeAll(async () => {
  ui = await Ui.start();
});
afterAll(() => ui?.stop());

const dialog = (page: Page) => page.getByRole("dialog").or(page.getByRole("alertdialog"));
const openAccess = (page: Page, tab = "") => page.goto(ui.at(`/t/${ui.tenant}/access${tab}`));
/** Whether the API takes the key. */
const statusWith = async (key: string): Promise<number> =>
  (await fetch(`${ui.url}/v1/deployments`, { headers: { authorization: `Bearer ${key}` } })).status;

test("a key is shown once, works at once, and works no more when it is revoked", async () => {
  const page = await ui.page("owner");
  await openAccess(page, "?tab=keys");
  await page.getByRole("button", { name: "Make a key" }).click();
  await dialog(page).getByLabel("Name").fill("release pipeline");
  expect(await ui.axe(page)).toEqual([]);
  await dialog(page).getByRole("button", { name: "Make the key" }).click();
  const key = (await page.getByLabel("the key", { exact: true }).textContent()) ?? "";
  expect(await statusWith(key)).toBe(200);
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.getByRole("table", { name: "API keys" }).getByText("release pipeline").waitFor();
  expect(await page.content()).not.toContain(key);
  await page.getByRole("button", { name: "Revoke release pipeline" }).click();
  await dialog(page).getByRole("button", { name: "Revoke", exact: true }).click();
  await dialog(page).waitFor({ state: "detached" });
  await expect.poll(() => statusWith(key), { timeout: 5000 }).toBe(401);
});

test("whoever is invited comes in by the link with the roles, and goes when they are removed", async () => {
  const page = await ui.page("owner");
  await openAccess(page);
  await page.getByRole("button", { name: "Invite somebody" }).click();
  await dialog(page).getByLabel("E-mail").fill("nora@tandem.example");
  await dialog(page).getByRole("checkbox", { name: "Operator" }).check();
  await dialog(page).getByRole("button", { name: "Make the link" }).click();
  const link = (await page.getByLabel("the link", { exact: true }).textContent()) ?? "";
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.getByRole("table", { name: "Open invitations" }).getByText("nora@tandem.example").waitFor();
  const guest = await ui.page(null);
  await guest.goto(link);
  await guest.getByLabel("Name").fill("Nora Newcomer");
  await guest.getByLabel("Password").fill("a long password of nora");
  await guest.getByRole("button", { name: "Create my account" }).click();
  await guest.waitForURL((url) => url.pathname === "/");
  const row = page.getByRole("table", { name: "Members" }).getByRole("row", { name: /Nora Newcomer/ });
  await openAccess(page);
  await row.getByText("Viewer, Operator").waitFor();
  expect(await ui.axe(page)).toEqual([]);
  await ui.screenshot(page, "access");
  await page.getByRole("button", { name: "Actions for Nora Newcomer" }).click();
  await page.getByRole("menuitem", { name: "Remove from the tenant" }).click();
  await dialog(page).getByRole("button", { name: "Remove", exact: true }).click();
  await row.waitFor({ state: "detached" });
});

test("a freeze window is added and ended; its policy is read beside it", async () => {
  const page = await ui.page("owner");
  await openAccess(page, "?tab=gates");
  await page.getByRole("button", { name: "Add a freeze window" }).click();
  await dialog(page).getByLabel("Reason").fill("Holiday season");
  await dialog(page).getByLabel("Until").fill("2099-01-01T00:00");
  await dialog(page).getByRole("button", { name: "Freeze", exact: true }).click();
  const row = page.getByRole("table", { name: "Freeze windows" }).getByRole("row", { name: /Holiday season/ });
  await row.getByText("in force").waitFor();
  await page.getByRole("heading", { name: "production" }).waitFor();
  expect(await ui.axe(page)).toEqual([]);
  await page.getByRole("button", { name: "End the freeze: Holiday season" }).click();
  await dialog(page).getByRole("button", { name: "End it" }).click();
  await row.getByText("ended early").waitFor();
});

test("whoever looks after nothing is told whom to ask, and finds their own sessions", async () => {
  const page = await ui.page("viewer");
  await openAccess(page);
  await page.getByText("Members are for those who look after this tenant").waitFor();
  await page.getByRole("tab", { name: "My sessions" }).click();
  await page.getByRole("list", { name: "Your sessions" }).getByText("this one").waitFor();
});

test("the audit log is searched by its address, read to its hashes, verified and carried away", async () => {
  const page = await ui.page("auditor");
  await page.goto(ui.at(`/t/${ui.tenant}/audit`));
  await page.getByPlaceholder("Search everything").fill("connection");
  await page.waitForURL((url) => url.searchParams.get("text") === "connection");
  await page.reload();
  const table = page.getByRole("table", { name: "Audit log" });
  await table.getByText("connection.created").first().waitFor();
  const rows = await table.locator("tbody tr").allTextContents();
  expect(rows.filter((row) => !row.includes("connection"))).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  expect(await ui.axe(page)).toEqual([]);
  await ui.screenshot(page, "audit");
  await page
    .getByRole("button", { name: /^Entry \d+: connection.created/ })
    .first()
    .click();
  await dialog(page).getByText("Value after").waitFor();
  await expect.poll(() => dialog(page).textContent()).toMatch(/[0-9a-f]{64}/);
  await page.getByRole("button", { name: "All of this object" }).click();
  await page.waitForURL((url) => url.searchParams.get("object")?.startsWith("connection/") === true);
  await page.getByRole("tab", { name: "Chain and checkpoints" }).click();
  await page.getByRole("button", { name: "Verify the chain" }).click();
  await page.getByText(/^Intact: \d+ entries fit/).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export the whole log" }).click(),
  ]);
  const lines = readFileSync(await download.path(), "utf8")
    .trim()
    .split("\n");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ line: "begin", format: "tandem-audit-1" });
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
    line: "end",
    rows: lines.filter((line) => line.startsWith('{"line":"row"')).length,
  });
});
