import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { workspaceRoot } from "../../tools/projects.mjs";
import { type LivedIn, liveIn } from "./harness/lived-in.ts";
import { PHONE, Ui } from "./harness/ui.ts";

let ui: Ui;
let made: LivedIn;
beforeAll(async () => {
  ui = await Ui.start({ office: { agentKind: "tandem" } });
  made = await liveIn(ui);
}, 600_000);
afterAll(() => ui?.stop());

/** Every page of a signed-in person: the pattern of its address, an address of it, and the name of its picture. */
const pages = (): readonly (readonly [pattern: string, address: string, picture: string])[] => {
  const tenant = `/t/${ui.tenant}`;
  const deployment = `${tenant}/d/${made.deployment}`;
  return [
    ["/", "/", "overview"],
    ["d/$deployment", deployment, "deployment"],
    ["d/$deployment/configure", `${deployment}/configure`, "configure"],
    ["d/$deployment/calls", `${deployment}/calls`, "calls"],
    ["d/$deployment/kpis", `${deployment}/kpis`, "kpis"],
    ["plans/$plan", `${tenant}/plans/${made.plan}`, "plan"],
    ["rollouts/$rollout", `${tenant}/rollouts/${made.rollout}`, "rollout"],
    ["rollouts/$rollout", `${tenant}/rollouts/${made.first}`, "rollout-story"],
    ["calls/$session", `${tenant}/calls/${made.session}`, "call"],
    ["connections", `${tenant}/connections`, "connections"],
    ["connections/$connection", `${tenant}/connections/${ui.office.connections.telephony}`, "connection"],
    ["connections/new", `${tenant}/connections/new`, "new-connection"],
    ["new-deployment", `${tenant}/new-deployment`, "new-deployment"],
    ["fleet", "/fleet", "fleet-rollouts"],
    ["fleet/start", "/fleet/start", "fleet-start"],
    ["fleet/$fleet", `/fleet/${made.fleet}`, "fleet-rollout"],
    ["incidents", "/incidents", "incidents"],
    ["incidents", `${tenant}/incidents`, "incidents-of-tenant"],
    ["incidents/$incident", `${tenant}/incidents/${made.incident}`, "incident"],
    ["playbooks", "/playbooks", "playbooks"],
    ["playbooks/$name", "/playbooks/after-hours-answering", "playbook"],
    ["audit", `${tenant}/audit`, "audit"],
    ["access", `${tenant}/access`, "access"],
  ];
};
const BEFORE_SIGN_IN = ["sign-in", "signed-in", "welcome"];

/** Goes there and waits until everything that the page asks for has come. */
async function visit(page: Page, address: string): Promise<void> {
  await page.goto(ui.at(address));
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForFunction(() => document.querySelector("[aria-busy=true], [data-skeleton]") === null);
  await page.waitForTimeout(400); // what is drawn after the answers
}

/** Columns that others have squeezed until nothing of them is seen. */
const squeezed = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll("th")]
      .filter((head) => head.checkVisibility() && head.getBoundingClientRect().width < 40)
      .map((head) => `the column ${head.textContent} is ${head.getBoundingClientRect().width} px wide`),
  );

test("the walk knows every page", () => {
  const patterns = globSync("apps/admin/src/routes/*/routes.ts", { cwd: workspaceRoot }).flatMap((file) =>
    [...readFileSync(join(workspaceRoot, file), "utf8").matchAll(/^ {2}path: "(.*)",$/gm)].map(([, path]) => path),
  );
  const walked = [...new Set(pages().map(([pattern]) => pattern)), ...BEFORE_SIGN_IN];
  expect(new Set(walked)).toEqual(new Set(patterns));
});

test("no page has a serious finding of axe or a column without room, in light and in dark colours", async () => {
  const page = await ui.page("admin", { reducedMotion: "reduce" });
  const found: string[] = [];
  const tell = (where: string, findings: readonly string[]) => {
    found.push(...findings.map((finding) => `${where}: ${finding}`));
  };
  for (const [, address, picture] of pages()) {
    await page.emulateMedia({ colorScheme: "light" });
    await visit(page, address);
    tell(picture, await squeezed(page));
    tell(picture, await ui.axe(page));
    await ui.screenshot(page, picture);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.waitForTimeout(100); // what is drawn in other colours
    tell(`${picture}, dark`, await ui.axeOfColours(page));
    if (picture === "overview") await ui.screenshot(page, "overview-dark");
  }
  expect(found).toEqual([]);
}, 300_000);

test("on a phone nothing is wider than the window, and axe finds nothing serious", async () => {
  const page = await ui.page("admin", { viewport: PHONE, hasTouch: true, isMobile: true });
  const findings: string[] = [];
  for (const [, address, picture] of pages()) {
    await visit(page, address);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    findings.push(...(await squeezed(page)).map((finding) => `${picture}: ${finding}`));
    if (picture === "deployment") {
      await page.getByRole("button", { name: "Roll back" }).click();
      await page.getByRole("alertdialog").waitFor();
      await ui.screenshot(page, "rollback-phone");
      await page.keyboard.press("Escape");
    }
    if (wide > 0) findings.push(`${picture}: ${wide} px wider than the window`);
    findings.push(...(await ui.axe(page)).map((finding) => `${picture}: ${finding}`));
  }
  expect(findings).toEqual([]);
}, 300_000);

test("before anybody is signed in, neither: the sign-in and a link that is over", async () => {
  const page = await ui.page(null);
  expect(new URL(page.url()).pathname).toBe("/sign-in");
  expect(await ui.axe(page)).toEqual([]);
  await ui.screenshot(page, "sign-in");
  await page.goto(ui.at("/welcome#over"));
  await page.getByText("ask for a new", { exact: false }).first().waitFor();
  expect(await ui.axe(page)).toEqual([]);
});
