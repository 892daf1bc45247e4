import { afterAll, beforeAll, expect, test } from "vitest";
import { goLive } from "../e2e/harness/go-live.ts";
import { speakFast } from "../e2e/harness/spoken.ts";
import { Ui } from "./harness/ui.ts";

let ui: Ui;
beforeAll(async () => {
  ui = await Ui.start({ office: { agentKind: "tandem" } });
  await speakFast(ui.installation);
  await goLive(ui.office);
}, 900_000);
afterAll(() => ui?.stop());

/** A talk is held in real time, on a machine that does other things besides. */
const patient = { timeout: 120_000 };

test("an operator talks to a slot from the page of its test calls: in a tab of its own, once, and the log has it", async () => {
  const page = await ui.page("operator");
  await page.goto(ui.at(`/t/${ui.tenant}/d/${ui.office.deployment}/calls?view=tests`));
  const opened = page.context().waitForEvent("page");
  await page.getByRole("button", { name: "Talk to blue" }).click();
  const tab = await opened;
  await tab.waitForURL(/\/talk#/);
  expect(await tab.evaluate(() => window.opener)).toBeNull();
  const link = page.getByRole("link", { name: /\/talk#/ });
  await expect.poll(() => link.getAttribute("href")).toBe(tab.url());
  await page.getByText("Good for one call, begun within").waitFor();
  expect(await ui.axe(page)).toEqual([]);

  await page.context().grantPermissions(["microphone"], { origin: new URL(tab.url()).origin });
  await tab.getByRole("button", { name: "Call", exact: true }).click();
  const state = tab.getByRole("status");
  await state
    .getByText("Connected")
    .or(state.filter({ hasText: "Connected" }))
    .first()
    .waitFor(patient);
  await tab.getByRole("log").getByText("Agent speaks").first().waitFor(patient);
  await tab.getByRole("button", { name: "Hang up" }).click();
  await state.filter({ hasText: "You have hung up." }).waitFor(patient);
  const { items } = await ui.office.api.get("/v1/audit?action=talk-link.made");
  expect(items).toMatchObject([{ object: `deployment/${ui.office.deploymentId}` }]);
}, 240_000);

test("an empty slot, and whoever may place no call, have nobody to talk to, and it is said why", async () => {
  const page = await ui.page("viewer");
  await page.goto(ui.at(`/t/${ui.tenant}/d/${ui.office.deployment}/calls?view=tests`));
  const talk = page.getByRole("button", { name: /^Talk to / });
  await talk.waitFor();
  await expect.poll(() => talk.getAttribute("aria-disabled")).toBe("true");
  const refused = await ui.office.api.ask("POST", `/v1/deployments/${ui.office.deploymentId}/talk-links`, {
    slot: "green",
  });
  expect([refused.status, refused.body.code]).toEqual([409, "conflict"]);
});
