import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PHONE, Ui } from "./harness/ui.ts";

let ui: Ui;
beforeAll(async () => {
  ui = await Ui.start();
  await ui.office.rollOut(); // so that there is something to go back to
}, 600_000);
afterAll(() => ui?.stop());

const patient = { timeout: 90_000 };
const pageOf = (id: string): string => `/t/${ui.tenant}/rollouts/${id}`;
const stage = (page: Page, name: string) => page.getByRole("tab", { name: new RegExp(`^${name}`) });
const now = (page: Page) => page.getByRole("region", { name: "Now" });

/** A rollout of a changed greeting, under way. */
async function changed(policy: Parameters<Ui["office"]["roll"]>[0]): Promise<string> {
  await ui.office.set({ businessName: `Harbor ${Math.random().toString(36).slice(2, 8)}` });
  return (await ui.office.roll(policy)).id;
}

test("an operator promotes and rolls back in place, each after one question, and takes the proof of it along", async () => {
  const id = await changed({ promotion: "manual", bakeMs: 3_600_000 });
  const page = await ui.page("operator");
  await page.goto(ui.at(pageOf(id)));
  await now(page).getByText("The inactive slot is ready and waits to be promoted").waitFor(patient);
  await stage(page, "Smoke test").click();
  await page.getByRole("tabpanel").getByText("Conversations").waitFor();
  expect(new URL(page.url()).searchParams.get("stage")).toBe("smoke-test");
  await stage(page, "Apply").click();
  await page.getByRole("table", { name: "Vendor operations" }).getByText("done, read back").first().waitFor();

  await page.getByRole("button", { name: "Promote" }).click();
  const question = page.getByRole("alertdialog");
  await question.getByText(/New calls go to (blue|green) at once/).waitFor();
  await question.getByRole("button", { name: "Promote" }).click();
  await now(page).getByText("Watch window").waitFor(patient);

  await page.getByRole("button", { name: "Roll back" }).click();
  await question.getByText("No call is in progress on").waitFor();
  await question.getByLabel("Why").fill("callers complain");
  await question.getByRole("button", { name: "Roll back" }).click();
  const story = page.getByRole("region", { name: "Story" });
  await story.getByText(/went back to (blue|green)/).waitFor(patient);
  await story.getByText(/A person rolled back: callers complain/).waitFor();
  await expect.poll(() => stage(page, "Bake").innerText()).toContain("stopped here");

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Proof as JSON" }).click();
  const proof = JSON.parse(readFileSync(await (await download).path(), "utf8")) as { content: { rollout: object } };
  expect(proof.content.rollout).toMatchObject({ id, phase: "rolled-back" });
  expect(await ui.axe(page)).toEqual([]);
}, 300_000);

test("whoever may not decide sees why; another approves the very plan in place, and it goes on", async () => {
  const id = await changed({ approval: "required" });
  const viewer = await ui.page("viewer");
  await viewer.goto(ui.at(pageOf(id)));
  const approve = (page: Page) => page.getByRole("button", { name: "Approve this plan" });
  await approve(viewer).waitFor(patient);
  await expect.poll(() => approve(viewer).getAttribute("aria-disabled")).toBe("true");
  await viewer.getByText("lets only approver or tenant-admin approve it").last().waitFor();

  const approver = await ui.page("approver", { viewport: PHONE });
  await approver.goto(ui.at(pageOf(id)));
  await approve(approver).click();
  await stage(viewer, "Bake")
    .or(viewer.getByRole("region", { name: "Story" }))
    .first()
    .waitFor(patient);
  await ui.office.reach(id, ["succeeded"], 120_000);
  await viewer.getByText("complete", { exact: true }).waitFor(patient);
  await viewer.getByText(/Approved by/).waitFor();
  expect(await approver.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
}, 300_000);
