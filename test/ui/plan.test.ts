import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Person } from "./harness/persons.ts";
import { PHONE, Ui } from "./harness/ui.ts";

let ui: Ui;
beforeAll(async () => {
  ui = await Ui.start();
  await ui.office.rollOut();
});
afterAll(() => ui?.stop());

const WORDS = "Harbor Plumbing repairs and installs heating, bathrooms and water pipes";
const patient = { timeout: 90_000 };

/** A plan of a changed configuration; its id. */
async function planned(values: Parameters<Ui["office"]["set"]>[0]): Promise<string> {
  await ui.office.set(values);
  const { plan } = await ui.office.plan();
  return plan.id as string;
}

async function open(plan: string, person: Person, options: Parameters<Ui["page"]>[1] = {}): Promise<Page> {
  const page = await ui.page(person, options);
  await page.goto(ui.at(`/t/${ui.tenant}/plans/${plan}`));
  await page.getByRole("heading", { name: `Plan for ${ui.office.deployment}` }).waitFor();
  return page;
}

const start = (page: Page) => page.getByRole("button", { name: "Roll out", exact: true });
const marked = async (page: Page): Promise<string[]> => {
  await page.locator("mark:visible").first().waitFor();
  return page.locator("mark:visible").allInnerTexts();
};

test("a plan reads from callers to vendors, the words that differ are marked, inline and side by side", async () => {
  const plan = await planned({ businessDescription: `${WORDS} all over the harbor district, day and night.` });
  const page = await open(plan, "author");
  await page.getByRole("heading", { name: "At Retell" }).waitFor();
  const headings = await page.getByRole("heading", { level: 2 }).allInnerTexts();
  expect(headings[0]).toBe("What callers will notice");
  expect(headings.findIndex((text) => text === "At Retell")).toBeGreaterThan(0);
  expect(headings).toContain("Where nothing changes");
  const marks = await marked(page);
  expect(marks.join(" ")).toContain("day and night");
  expect(marks.join(" ")).not.toContain("bathrooms");
  await page
    .getByRole("button", { name: /unchanged lines/ })
    .first()
    .waitFor();
  expect(await ui.axe(page)).toEqual([]);

  await page.getByRole("button", { name: "Side by side" }).click();
  await page.waitForURL(/view=side-by-side/);
  expect((await marked(page)).join(" ")).toContain("day and night");
  await expect.poll(() => start(page).getAttribute("aria-disabled")).toBe("true");
});

test("a stale plan says what moved, and one click makes a new one against what is now", async () => {
  const plan = await planned({ businessDescription: `${WORDS}.` });
  const page = await open(plan, "owner");
  await start(page).waitFor();
  await ui.office.set({ ringSeconds: 35 });
  await page.getByText("This plan is stale").waitFor();
  await page.getByText(/The configuration was saved again/).waitFor();
  expect(await start(page).count()).toBe(0);
  expect(await ui.axe(page)).toEqual([]);
  await page.getByRole("button", { name: "Plan again" }).click();
  await page.waitForURL((url) => !url.pathname.endsWith(plan));
  await start(page).waitFor(patient);
  await page.getByText("35", { exact: true }).first().waitFor();
});

test("what is chosen is what is asked for; the plan is rejected with a reason, and tells so", async () => {
  const { plan } = await ui.office.plan();
  const page = await open(plan.id, "owner");
  await start(page).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("How callers come to it").selectOption("canary");
  await dialog.getByLabel("Share of step 1, per cent of new calls").fill("30");
  await dialog.getByText("Each step takes a larger share than the one before").first().waitFor();
  await expect.poll(() => start(page).last().getAttribute("aria-disabled")).toBe("true");
  await dialog.getByLabel("Share of step 1, per cent of new calls").fill("2.5");
  await dialog.getByLabel("Approvals").selectOption("1");
  await dialog.getByLabel("bake", { exact: true }).fill("7");
  await dialog.getByLabel("Unit of bake").selectOption("minutes");
  expect(await ui.axe(page)).toEqual([]);
  await start(page).last().click();
  await page.waitForURL(/\/rollouts\//);
  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const { policy } = await ui.office.api.get(`/v1/rollouts/${id}`);
  expect(policy).toMatchObject({ approvals: 1, bakeMs: 420_000, strategy: { kind: "canary" } });
  expect(policy.strategy.steps[0].weightBp).toBe(250);

  await ui.office.reach(id, ["awaiting-approval"]);
  await page.goto(ui.at(`/t/${ui.tenant}/plans/${plan.id}`));
  const approve = page.getByRole("button", { name: "Approve", exact: true });
  await approve.waitFor(patient);
  await expect.poll(() => approve.getAttribute("aria-disabled")).toBe("true"); // by whoever started it

  const approver = await open(plan.id, "approver");
  await approver.getByRole("button", { name: "Reject", exact: true }).click();
  const question = approver.getByRole("alertdialog");
  await question.getByLabel("Why").fill("The greeting is not agreed with the customer");
  expect(await ui.axe(approver)).toEqual([]);
  await question.getByRole("button", { name: "Reject" }).click();
  await ui.office.reach(id, ["aborted"]);
  await page.getByText("The rollout of this plan was aborted").waitFor(patient);
});

test("a freeze window is passed with a reason by an administrator only; a phone reads it all without sideways scrolling", async () => {
  const plan = await planned({ ringSeconds: 15 });
  const endsAt = new Date(Date.now() + 3_600_000).toISOString();
  const freeze = await ui.office.api.post("/v1/freezes", { endsAt, reason: "Fair week" });
  const operator = await open(plan, "operator");
  await start(operator).click();
  await operator.getByRole("dialog").getByText("Only an administrator of the tenant may pass it.").waitFor();
  await expect.poll(() => start(operator).last().getAttribute("aria-disabled")).toBe("true");

  const owner = await open(plan, "owner", { viewport: PHONE });
  expect(await owner.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  await start(owner).click();
  await owner.getByLabel("Why it is passed").fill("Agreed with the customer");
  await start(owner).last().click();
  await owner.waitForURL(/\/rollouts\//);
  const id = new URL(owner.url()).pathname.split("/").at(-1) ?? "";
  const { policy } = await ui.office.api.get(`/v1/rollouts/${id}`);
  expect(policy.freezeOverride).toMatchObject({ reason: "Agreed with the customer", freezes: [freeze.id] });
});
