import { randomUUID } from "node:crypto";
import { openSessionWriter } from "@tandem/store";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PHONE, Ui } from "./harness/ui.ts";

let ui: Ui;
beforeAll(async () => {
  ui = await Ui.start();
  await modelIsAway();
});
afterAll(() => ui?.stop());

/** Live calls of the last minutes on which the model did not answer. */
async function modelIsAway(): Promise<void> {
  const writer = openSessionWriter({ url: ui.installation.databases.mediaUrl });
  const own = { tenantId: ui.office.tenantId, deploymentId: ui.office.deploymentId };
  const startedAt = new Date(Date.now() - 60_000).toISOString();
  const ids = Array.from({ length: 6 }, () => randomUUID());
  await writer.write({
    sessions: ids.map((sessionId) => ({
      ...own,
      sessionId,
      callId: `CA${sessionId.replaceAll("-", "")}`,
      slot: "blue" as const,
      bundleHash: "r",
      generation: 1,
      kind: "live" as const,
      node: "n1",
      from: null,
      startedAt,
      endedAt: new Date().toISOString(),
      disposition: "handled",
    })),
    events: ids.map((sessionId) => ({
      ...own,
      sessionId,
      seq: 1,
      at: startedAt,
      type: "provider-failed",
      payload: { kind: "llm", provider: "openai", fault: "timeout" },
    })),
  });
  await writer.close();
}

const step = (page: Page, name: string) => page.getByRole("button", { name: new RegExp(`^\\d ${name}`) });
const dialog = (page: Page) => page.getByRole("dialog");

async function clear(page: Page, stack: string, seen: string): Promise<void> {
  await page.getByRole("button", { name: `Clear ${stack}`, exact: true }).click();
  await dialog(page).getByLabel("What you saw").fill(seen);
  await dialog(page)
    .getByRole("button", { name: `Clear ${stack}`, exact: true })
    .click();
  await dialog(page).waitFor({ state: "detached" });
}

test("an operator walks an incident in order, with evidence at each stack, to its end", async () => {
  const page = await ui.page("operator");
  await page.goto(ui.at(`/t/${ui.tenant}/incidents`));
  await page.getByText("No incident is open").waitFor();
  await page.getByRole("button", { name: "Open an incident" }).click();
  await dialog(page).getByLabel("What callers notice").fill("Answers come late or not at all");
  await dialog(page).getByLabel("Suspected stack").selectOption("intelligence");
  await dialog(page).getByRole("button", { name: "Open and start both clocks" }).click();
  await page.getByRole("heading", { name: "Answers come late or not at all" }).waitFor();
  const address = page.url();
  await expect.poll(() => page.getByRole("timer", { name: "Resolution" }).textContent()).toMatch(/^29:\d\d left$/);
  await expect.poll(() => page.getByRole("timer", { name: /^Diagnosis/ }).textContent()).toMatch(/^4:\d\d left$/);

  await step(page, "Intelligence").click();
  const figures = page.getByRole("list", { name: "Figures of intelligence" });
  await figures.getByText("6 of 6 calls (100 %)").waitFor();
  await page.getByRole("heading", { name: "Runbook: intelligence" }).waitFor();
  const early = page.getByRole("button", { name: "Conclude: the cause is here" });
  await expect.poll(() => early.getAttribute("aria-disabled")).toBe("true");
  await page
    .getByText(/^Clear telephony and audio first/)
    .last()
    .waitFor();
  expect(await ui.axe(page)).toEqual([]);

  await step(page, "Telephony").click();
  await clear(page, "telephony", "it rings, and the carrier's page shows no fault");
  await step(page, "Audio").click();
  await clear(page, "audio", "each turn holds the caller's words");
  await step(page, "Intelligence").click();
  await page.getByRole("button", { name: "Conclude: the cause is here" }).click();
  await dialog(page).getByLabel("The cause").fill("the model does not answer in time");
  await dialog(page).getByText("Calls", { exact: true }).click();
  await dialog(page)
    .getByRole("checkbox", { name: /handled/ })
    .first()
    .check();
  expect(await ui.axe(page)).toEqual([]);
  await dialog(page).getByRole("button", { name: "Conclude", exact: true }).click();
  await page.getByText("Cause: the model does not answer in time").waitFor();
  const said = page.getByRole("list", { name: "Said of intelligence" });
  await said.getByRole("link", { name: /^Call / }).waitFor();
  await said.getByText(/6 of 6 calls on which a model failed/).waitFor();
  await ui.screenshot(page, "incident");

  await page.getByRole("button", { name: "Resolve", exact: true }).click();
  await dialog(page).getByLabel("What ended it").fill("the second model of the chain answers");
  await dialog(page).getByRole("button", { name: "Resolve", exact: true }).click();
  await page.getByText("Resolved: the second model of the chain answers").waitFor();
  await page.goto(ui.at(`/t/${ui.tenant}/incidents`));
  const resolved = page.getByRole("table", { name: "Resolved incidents" });
  await resolved.getByRole("link", { name: "Answers come late or not at all" }).waitFor();
  expect(await ui.axe(page)).toEqual([]);
  expect(new URL(address).pathname).toMatch(/\/incidents\/[0-9a-f-]{36}$/);
});

test("a viewer reads an incident on a phone and can say nothing of it, with the reason", async () => {
  const made = await ui.office.api.post(`/v1/deployments/${ui.office.deployment}/incidents`, {
    severity: "sev-1",
    summary: "Nobody is answered",
  });
  const page = await ui.page("viewer", { viewport: PHONE });
  await page.goto(ui.at(`/t/${ui.tenant}/incidents/${made.id}`));
  const clearIt = page.getByRole("button", { name: "Clear telephony" });
  await clearIt.waitFor();
  await expect.poll(() => clearIt.getAttribute("aria-disabled")).toBe("true");
  await clearIt.focus();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  await page.getByRole("tooltip").filter({ hasText: "Your roles here (viewer) do not allow this" }).first().waitFor();
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  expect(width[0]).toBeLessThanOrEqual(width[1] ?? 0);
  expect(await ui.axe(page)).toEqual([]);
});
