import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Office } from "../e2e/harness/office.ts";
import { PHONE, Ui } from "./harness/ui.ts";

let ui: Ui;
/** Three tenants with one deployment each; the first is in the early-access cohort. */
let offices: readonly Office[];
beforeAll(async () => {
  ui = await Ui.start();
  const third = await Office.open(ui.installation, { slug: "cedar", name: "Cedar Heating" });
  offices = [ui.office, await ui.neighbour(), third];
  await ui.office.api.put("/v1/early-access", { isMember: true });
  await Promise.all(offices.map(bakeBriefly));
}, 600_000);
afterAll(() => ui?.stop());

/** Rollouts go on at the emulated vendors in their own time. */
const patient = { timeout: 240_000 };
const member = ({ slug, deployment }: Office): string => `${slug} / ${deployment}`;
const isWithinWindow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

/** Fleets ask for no bake: what each tenant's policy has is what holds. */
async function bakeBriefly({ api }: Office): Promise<void> {
  const { policy, version } = await api.get("/v1/gate-policies/development");
  await api.put("/v1/gate-policies/development", { ...policy, bakeMs: 500 }, { "if-match": `"${version}"` });
}

/** The form with the three deployments in three waves, one after the other. */
async function fill(page: Page): Promise<void> {
  await page.getByLabel("Version").selectOption({ index: 1 });
  await page.getByRole("checkbox", { name: "production" }).uncheck();
  await page.getByRole("checkbox", { name: "development" }).check();
  await page.getByLabel("Also deployments that no caller has ever reached").check();
  for (const _ of [4, 3]) await page.getByRole("button", { name: "Remove wave 3" }).click();
  await page.getByLabel("Who is in wave 2").selectOption("count");
  await page.getByLabel("How much in wave 2").fill("1");
  await page.getByLabel("watch between waves", { exact: true }).fill("3");
  await page.getByLabel("Unit of watch between waves").selectOption("seconds");
  await page.getByLabel("Unit of the failure budget").selectOption("count");
}

test("an administrator sees who moves when, starts it, leaves one out on the way, and sees it end", async () => {
  const [first] = offices as readonly [Office, ...Office[]];
  const page = await ui.page("admin");
  await page.getByRole("link", { name: "Fleet rollouts" }).click();
  await page.getByRole("link", { name: "Start a fleet rollout" }).click();
  await page.getByRole("heading", { level: 1, name: "Start a fleet rollout" }).waitFor();
  await fill(page);
  await page.getByText("3 deployments of 3 tenants, in 3 waves.").waitFor();
  const waves = page.getByRole("region", { name: "Who moves when" }).getByRole("listitem");
  await waves.filter({ hasText: "1. early access" }).getByText(member(first)).waitFor();
  expect(await ui.axe(page)).toEqual([]);
  await ui.screenshot(page, "fleet-start-filled");
  await page.getByRole("button", { name: "Start", exact: true }).click();
  const question = page.getByRole("alertdialog");
  await question.getByText("Move 3 deployments to after-hours-answering").waitFor();
  await question.getByRole("button", { name: "Start the fleet rollout" }).click();
  await page.waitForURL((url) => /^\/fleet\/[0-9a-f-]{36}$/.test(url.pathname));

  const members = page.getByRole("table", { name: "Deployments of the fleet rollout" });
  const last = members.getByRole("row").last();
  await last.getByRole("button", { name: /^Leave out / }).click();
  await question.getByLabel("Why").fill("Moves in May");
  await question.getByRole("button", { name: "Leave out" }).click();
  await last.getByText("skipped").waitFor();
  await last.getByText("Moves in May").waitFor();
  expect(await ui.axe(page)).toEqual([]);
  await ui.screenshot(page, "fleet-under-way");
  await page.getByText("completed", { exact: true }).waitFor(patient);
  await expect.poll(() => members.getByText("succeeded", { exact: true }).count()).toBe(2);
  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const fleet = await ui.installation.platform.get(`/v1/fleet-rollouts/${id}`);
  expect(fleet).toMatchObject({ state: "completed", waves: [{ counts: { succeeded: 1 } }, {}, {}] });
  await page.getByRole("link", { name: "Fleet rollouts" }).first().click();
  await page.getByRole("table", { name: "Fleet rollouts" }).getByText("completed").waitFor();
}, 420_000);

test("its pages are read on a phone in the dark without sideways scrolling", async () => {
  const page = await ui.page("admin", { viewport: PHONE, colorScheme: "dark", hasTouch: true, isMobile: true });
  await page.goto(ui.at("/fleet"));
  const newest = page.getByRole("table", { name: "Fleet rollouts" }).getByRole("link").first();
  await newest.waitFor();
  expect(await isWithinWindow(page)).toBe(true);
  expect(await ui.axe(page)).toEqual([]);
  await newest.click();
  await page.getByRole("table", { name: "Deployments of the fleet rollout" }).getByText("succeeded").first().waitFor();
  expect(await isWithinWindow(page)).toBe(true);
  expect(await ui.axe(page)).toEqual([]);
  await page.goto(ui.at("/fleet/start"));
  await page.getByLabel("Version").selectOption({ index: 1 });
  await page.getByText("Nobody would move", { exact: true }).first().waitFor();
  expect(await isWithinWindow(page)).toBe(true);
  expect(await ui.axe(page)).toEqual([]);
}, 180_000);

test("whoever does not look after the platform has none of it", async () => {
  const page = await ui.page("owner");
  expect(await page.getByRole("link", { name: "Fleet rollouts" }).count()).toBe(0);
  await page.goto(ui.at("/fleet/start"));
  await page.getByText("Only administrators of the platform may do this.").waitFor();
});

test("who looks after the platform sees a media node that fell silent, and forgets it with a reason", async () => {
  const { installation } = ui;
  const variables = {
    TANDEM_MEDIA_PORT: String(await installation.freePort()),
    TANDEM_MEDIA_DATA_DIR: join(installation.folder, "second-media"),
    TANDEM_MEDIA_NODE: "fra-2",
  };
  const second = await installation.launch("media", variables).ready();
  await second.kill();
  const page = await ui.page("admin");
  const list = page.getByRole("region", { name: /^Needs a person/ });
  await list.getByText("fra-2", { exact: true }).waitFor({ timeout: 60_000 });
  expect(await ui.axe(page)).toEqual([]);
  await ui.screenshot(page, "overview-silent-node");
  await list.getByRole("button", { name: "Forget the media node fra-2" }).click();
  const question = page.getByRole("alertdialog");
  await question.getByLabel("Why").fill("Its machine is gone");
  await question.getByRole("button", { name: "Forget", exact: true }).click();
  await list.getByText("fra-2", { exact: true }).waitFor({ state: "detached" });
  const { items } = await installation.platform.get("/v1/media-nodes");
  expect(items.map(({ name }: { name: string }) => name)).not.toContain("fra-2");
});
