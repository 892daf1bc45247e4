import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { eventually } from "../e2e/harness/patience.ts";
import { emailOf, passwordOf } from "./harness/persons.ts";
import { Ui } from "./harness/ui.ts";
import { Wire } from "./harness/wire.ts";

let ui: Ui;
beforeAll(async () => {
  ui = await Ui.start();
  const { id } = await ui.office.roll(); // so that there is something to go back to
  await ui.office.reach(id, ["succeeded"], 240_000);
}, 600_000);
afterAll(() => ui?.stop());

const deployment = (rest = ""): string => `/t/${ui.tenant}/d/${ui.office.deployment}${rest}`;
/** Text on the screen where it takes its time: vendors are asked, rollouts go on. */
const patient = { timeout: 90_000 };

/** Presses Tab until the control has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, control: Locator): Promise<void> {
  for (let pressed = 0; pressed < 120; pressed += 1) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to ${control}`);
}

test("one person changes and plans, another starts, a third approves; the starter watches through a wire that is cut, and misses nothing", async () => {
  const author = await ui.page("author");
  await author.goto(ui.at(deployment("/configure")));
  const name = author.getByRole("textbox", { name: "Business name" });
  await name.fill("Harbor Plumbing and Heating");
  await author.getByRole("button", { name: "Save and plan" }).click();
  await author.getByRole("link", { name: "Read the plan" }).click(patient);
  await author.getByRole("heading", { name: "Plan for front-desk" }).waitFor();
  await author.getByText("Harbor Plumbing and Heating").first().waitFor();
  const plan = new URL(author.url()).pathname;
  const rollOut = (page: Page) => page.getByRole("button", { name: "Roll out", exact: true });
  await expect.poll(() => rollOut(author).getAttribute("aria-disabled")).toBe("true");

  const wire = await Wire.open(ui.installation.ports.api);
  onTestFinished(() => wire.close());
  const operator = await ui.page("operator");
  await operator.goto(wire.url + plan);
  await rollOut(operator).click();
  const dialog = operator.getByRole("dialog");
  await dialog.getByLabel("Approvals").selectOption("1");
  await rollOut(operator).last().click();
  await operator.waitForURL(/\/rollouts\//);
  const id = new URL(operator.url()).pathname.split("/").at(-1) ?? "";
  await operator
    .getByRole("region", { name: "Now" })
    .getByText(/approv/i)
    .first()
    .waitFor(patient);

  const approver = await ui.page("approver");
  await approver.goto(ui.at(plan));
  await approver.getByRole("button", { name: "Approve", exact: true }).click();
  const question = approver.getByRole("alertdialog");
  await question.getByLabel("Why").fill("Read it, it is what callers should hear");
  await question.getByRole("button", { name: "Approve", exact: true }).click();
  await approver.getByText("Approved").first().waitFor();

  for (let cuts = 0; cuts < 3; cuts += 1) {
    await operator.waitForTimeout(900);
    wire.cut();
    await operator.waitForTimeout(300);
    wire.mend();
  }
  await ui.office.reach(id, ["succeeded"], 240_000);
  const timeline = (page: Page) => page.getByRole("list", { name: "Timeline" });
  /** Whoever decides is "You" to themselves, and a name or an id to others. */
  const told = async (page: Page) =>
    (await timeline(page).innerText()).replace(/^.+ (started|approved|promoted) /gm, "somebody $1 ");
  await operator.getByText("complete", { exact: true }).waitFor(patient);

  const followed = wire.followed.filter(({ path }) => path === `/v1/rollouts/${id}/events`);
  expect(followed.length, "it came back after a cut").toBeGreaterThan(1);
  const kept = await ui.installation.rows<{ seq: number }>(
    "SELECT seq FROM rollout_event WHERE rollout_id = $1 ORDER BY seq",
    [id],
  );
  const seen = new Set(followed.flatMap(({ ids }) => ids.map(Number)));
  expect([...seen].toSorted((left, right) => left - right)).toEqual(kept.map(({ seq }) => seq));
  await approver.goto(ui.at(`/t/${ui.tenant}/rollouts/${id}`));
  await approver.getByText("complete", { exact: true }).waitFor(patient);
  expect(await told(operator)).toBe(await told(approver));
  expect(await ui.axe(operator)).toEqual([]);
}, 600_000);

test("a session that ends in the middle of a form takes no typing along", async () => {
  const page = await ui.page("author");
  await page.goto(ui.at(deployment("/configure")));
  const description = page.getByRole("textbox", { name: "What the business does" });
  const words = "Repairs heating and pipes, and answers at night.";
  await description.fill(words);
  await ui.installation.rows(
    "UPDATE person_session SET ended_at = now() WHERE person_id = (SELECT id FROM person WHERE email = $1)",
    [emailOf("author")],
  );
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await eventually("the page asks for a sign-in", async () => {
    await page
      .getByRole("button", { name: "Save", exact: true })
      .click({ timeout: 1000 })
      .catch(() => undefined);
    return (await dialog.isVisible()) ? true : undefined;
  });
  await dialog.getByLabel("Password").fill(passwordOf("author"));
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await dialog.waitFor({ state: "hidden" });
  const save = page.getByRole("button", { name: "Save", exact: true });
  if ((await save.getAttribute("aria-disabled")) !== "true") await save.click();
  await page.getByText("All changes are saved").waitFor();
  await expect.poll(() => description.inputValue()).toBe(words);
  const stored = await ui.office.api.get(`/v1/deployments/${ui.office.deploymentId}/configuration`);
  expect(JSON.stringify(stored.overlay)).toContain(words);
}, 300_000);

test("rollback by keyboard while the worker is stopped: one key to the button, one question, and shown within a second of the pointer's move", async () => {
  await ui.office.set({ businessName: "Harbor Night Desk" });
  const { id } = await ui.office.roll({ bakeMs: 3_600_000 });
  await ui.office.reach(id, ["baking"], 240_000);
  const page = await ui.page("operator");
  await page.goto(ui.at(deployment()));
  const rollBack = page.getByRole("button", { name: /^Roll back/ }).first();
  await rollBack.waitFor();
  await ui.installation.running("worker").kill();
  await expect.poll(() => rollBack.getAttribute("aria-disabled")).toBe(null);
  await page.keyboard.press("b");
  const question = page.getByRole("alertdialog");
  await question.getByText(/calls? .*in progress/).waitFor();
  expect(await ui.axe(page)).toEqual([]);
  const before = (await ui.office.detail()).pointer as { active: string; generation: number };
  await page.evaluate((active) => {
    const other = active === "blue" ? "green" : "blue";
    const isMoved = () =>
      /(?<!in)active/.test(document.querySelector(`article[aria-label="Slot ${other}"]`)?.textContent ?? "");
    const watch = new MutationObserver(() => {
      if (!isMoved()) return;
      Object.assign(globalThis, { shownAt: Date.now() });
      watch.disconnect();
    });
    watch.observe(document.body, { subtree: true, childList: true, attributes: true });
  }, before.active);
  await tabTo(page, question.getByRole("button", { name: /^Roll back/ }));
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => "shownAt" in globalThis, undefined, { timeout: 10_000 });
  const shownAt = await page.evaluate(() => (globalThis as unknown as { shownAt: number }).shownAt);
  const after = (await ui.office.detail()).pointer as { active: string; generation: number };
  expect(after).toMatchObject({ generation: before.generation + 1 });
  expect(after.active).not.toBe(before.active);
  const [moved] = await ui.installation.rows<{ at: Date }>(
    "SELECT at FROM pointer_history WHERE deployment_id = $1 AND generation = $2",
    [ui.office.deploymentId, after.generation],
  );
  const tookMs = shownAt - (moved?.at.getTime() ?? 0);
  console.log(`rollback: shown ${tookMs} ms after the pointer had moved`);
  expect(tookMs).toBeLessThan(1000);
}, 600_000);
