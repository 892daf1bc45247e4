import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Receiver, startReceiver } from "../e2e/harness/receiver.ts";
import { PHONE, Ui } from "./harness/ui.ts";

let ui: Ui;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
  ui = await Ui.start({ variables: { TANDEM_WEBHOOK_LOOPBACK: "true" } });
});
afterAll(async () => {
  receiver.stop();
  await ui?.stop();
});

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

test("a webhook is made with its secret shown once, tried, told of every attempt, changed and removed", async () => {
  const page = await ui.page("owner");
  await openAccess(page, "?tab=webhooks");
  await page.getByRole("button", { name: "Make a webhook" }).click();
  await dialog(page).getByLabel("Address").fill("http://hooks.harbor.example/");
  await dialog(page).getByRole("button", { name: "Make the webhook" }).click();
  await dialog(page).getByRole("alert").getByText("Only https is sent to.", { exact: false }).waitFor();
  await expect.poll(() => dialog(page).getByLabel("Address").getAttribute("aria-invalid")).toBe("true");
  await dialog(page).getByLabel("Address").fill(receiver.url("tandem"));
  await dialog(page).getByLabel("Everything").uncheck();
  await dialog(page).getByLabel("Rollouts").check();
  expect(await ui.axe(page)).toEqual([]);
  await dialog(page).getByRole("button", { name: "Make the webhook" }).click();
  const secret = (await page.getByLabel("the signing secret", { exact: true }).textContent()) ?? "";
  expect(secret).toMatch(/^whsec_/);
  await page.getByRole("button", { name: "I have kept it" }).click();
  const row = page.getByRole("table", { name: "Webhooks" }).getByRole("row", { name: /127\.0\.0\.1/ });
  await row.getByText("works").waitFor();
  expect(await page.content()).not.toContain(secret);

  await row.getByRole("button", { name: /^Test / }).click();
  await expect.poll(() => receiver.at("tandem").length, { timeout: 30_000 }).toBe(1);
  const act = async (name: string): Promise<void> => {
    await row.getByRole("button", { name: /^Actions for / }).click();
    await page.getByRole("menuitem", { name, exact: true }).click();
  };
  await act("Messages and attempts");
  const message = dialog(page).getByRole("listitem").filter({ hasText: "webhook.test" }).first();
  await message.getByText("delivered").waitFor();
  await message.getByText(/1 attempt: answered 204/).click();
  expect(await ui.axe(page)).toEqual([]);
  await message.getByRole("button", { name: /^Send again: / }).click();
  await expect.poll(() => receiver.at("tandem").length, { timeout: 30_000 }).toBe(2);
  await dialog(page).getByRole("button", { name: "Close" }).last().click();

  await act("Change");
  await dialog(page).getByLabel("Drift").check();
  await dialog(page).getByRole("button", { name: "Change the webhook" }).click();
  await row.getByText("Rollouts, Drift").waitFor();
  await act("New secret");
  await dialog(page).getByRole("button", { name: "Make a new secret" }).click();
  await page.getByLabel("the signing secret", { exact: true }).waitFor();
  await page.getByRole("button", { name: "I have kept it" }).click();
  await act("Remove");
  await page.getByRole("alertdialog", { name: /^Remove the webhook to 127\.0\.0\.1/ }).waitFor();
  await dialog(page).getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("No webhook yet").waitFor();
});

test("a policy is changed to canary, evidence and a cost cap, also on a phone", async () => {
  const page = await ui.page("owner", { viewport: PHONE });
  await openAccess(page, "?tab=gates");
  await page.getByRole("button", { name: "Change the policy of staging" }).click();
  await dialog(page).getByLabel("How callers come to it").selectOption("canary");
  await dialog(page).getByLabel("Share of step 2, per cent of new calls").fill("3");
  await dialog(page).getByText("Each step takes a larger share than the one before").waitFor();
  await dialog(page).getByLabel("Share of step 2, per cent of new calls").fill("30");
  await dialog(page).getByLabel("Fewest calls").fill("15");
  await dialog(page).getByLabel("A call costs at most").fill("0.50");
  expect(await ui.axe(page)).toEqual([]);
  const isWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(isWide).toBe(false);
  await dialog(page).getByRole("button", { name: "Change the policy" }).click();
  await page.getByText("canary: 5 % for 15 min, 30 % for 30 min, 50 % for 30 min").waitFor();
  await page.getByText(/^at least 15 calls/).waitFor();
  await page.getByText("at most $0.50 a call").waitFor();
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
