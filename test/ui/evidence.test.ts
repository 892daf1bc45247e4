import type { CallerStep } from "@tandem/domain/manifest";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { goLive } from "../e2e/harness/go-live.ts";
import { publishShort, speakFast, talk } from "../e2e/harness/spoken.ts";
import { Ui } from "./harness/ui.ts";

let ui: Ui;
beforeAll(async () => {
  ui = await Ui.start({ office: { agentKind: "tandem" } });
  await speakFast(ui.installation);
  await goLive(ui.office);
}, 900_000);
afterAll(() => ui?.stop());

/** Calls are held in real time, on a machine that does other things besides. */
const patient = { timeout: 240_000 };
const CALL: readonly CallerStep[] = [
  { do: "listen", withinMs: 20_000 },
  { do: "say", text: "I have a question about my last bill. It can wait." },
  { do: "listen", withinMs: 20_000 },
];

/** A release with other words, planned. */
async function planned(): Promise<string> {
  await publishShort(ui.office, {
    version: "9.4.0",
    greeting: "What can I do for you?",
    hears: "What can I do for you",
  });
  const { plan } = await ui.office.plan();
  return plan.id as string;
}

/** Asks for evidence that one call gives, in a bake of three quarters of a minute; the environment has none. */
async function startWithEvidence(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Roll out", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("as development has it").waitFor();
  await dialog.getByText("What calls must show").click();
  await dialog.getByText("In development, calls are not compared").waitFor();
  await dialog.getByLabel("Calls of the new release are compared").check();
  await dialog.getByLabel("Fewest calls").fill("0");
  await dialog.getByText("A whole number from 1 to 100,000").waitFor();
  await dialog.getByLabel("Fewest calls").fill("1");
  await dialog.getByLabel("extension for want of calls", { exact: true }).fill("0");
  await dialog.getByLabel("When calls tell nothing by then").selectOption("accept");
  await dialog.getByLabel("bake", { exact: true }).fill("45");
  await dialog.getByLabel("Unit of bake").selectOption("seconds");
  expect(await ui.axe(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Roll out", exact: true }).click();
  await page.waitForURL(/\/rollouts\//);
  return new URL(page.url()).pathname.split("/").at(-1) ?? "";
}

/** Which conversation is being held, and how those came out that have ended. */
async function watchSmokeTest(page: Page): Promise<void> {
  await page.getByRole("tab", { name: /^Smoke test/ }).click();
  const held = page.getByRole("list", { name: "Conversations" });
  await held.getByText("under way").first().waitFor(patient);
  await held.getByText("passed", { exact: true }).first().waitFor(patient);
  await held.getByText("under way").first().waitFor(patient);
  await ui.screenshot(page, "smoke-test");
}

test("what calls must show is chosen at the start; the chart of the bake is the same when the calls are gone", async () => {
  const plan = await planned();
  const page = await ui.page("owner");
  await page.goto(ui.at(`/t/${ui.tenant}/plans/${plan}`));
  const id = await startWithEvidence(page);
  const { policy } = await ui.office.api.get(`/v1/rollouts/${id}`);
  expect(policy).toMatchObject({ bakeMs: 45_000, evidence: { minCalls: 1, extendMs: 0, whenInconclusive: "accept" } });

  await watchSmokeTest(page);
  await ui.office.reach(id, ["baking"], 240_000);
  for (const caller of ["+15550199101", "+15550199102"]) await (await talk(ui.office, caller, CALL)).ended;
  await ui.office.reach(id, ["succeeded"], 240_000);
  const { items } = await ui.office.api.get(`/v1/rollouts/${id}/evidence?limit=200`);
  expect(items.length).toBeGreaterThan(2);
  expect(items.map(({ at }: { at: string }) => at)).toEqual(items.map(({ at }: { at: string }) => at).toSorted());

  const chart = page.getByRole("img", { name: /^Self-serve, \d+ looks: now / });
  await page.goto(ui.at(`/t/${ui.tenant}/rollouts/${id}?stage=bake`));
  await chart.waitFor(patient);
  const drawn = await chart.getAttribute("aria-label");
  expect(Number(/(\d+) looks/.exec(drawn ?? "")?.[1])).toBeGreaterThan(1);
  expect(await ui.axe(page)).toEqual([]);
  await ui.screenshot(page, "rollout-evidence");
  for (const table of ["call_figure", "session_event", "session"])
    await ui.installation.rows(`DELETE FROM ${table} WHERE tenant_id = $1`, [ui.office.tenantId]);
  await page.reload();
  await chart.waitFor(patient);
  await expect.poll(() => chart.getAttribute("aria-label")).toBe(drawn);
}, 600_000);
