import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import type { Browser, BrowserContext, Page, Route } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { registerAdminSite } from "../../apps/api/src/admin/site.route.ts";
import { chromiumPath, openBrowser } from "./harness/browser.ts";

const hasBrowser = chromiumPath() !== null;
if (!hasBrowser) console.warn("the admin UI's frame: skipped, no Chromium here (apt-get install chromium)");

@Module({})
class Empty {}

const tenant = {
  id: "0d0f4b7e-2f6c-4c4e-9d53-0a3a1d9f5a11",
  slug: "acme",
  name: "Acme Dental",
  status: "active",
  roles: ["tenant-admin"],
  permissions: ["read"],
};
const session = {
  person: { id: tenant.id, email: "ada@example.com", name: "Ada", hasPassword: true, confirmsWith: "password" },
  session: {
    id: tenant.id,
    idleEndsAt: "2099-01-01T00:00:00Z",
    endsAt: "2099-01-01T00:00:00Z",
    confirmedUntil: "2099-01-01T00:00:00Z",
  },
  platform: null,
  tenants: { items: [tenant], next: null },
  signIn: { provider: false, local: true, firstRun: false },
};
const deployment = (index: number) => ({
  id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
  name: `desk-${index}`,
  playbook: "after-hours-answering",
  environment: "production",
  ingressUrl: "https://voice.example/a",
  number: null,
  connections: {},
  overlay: {},
  configVersion: 1,
  pointer: { active: index % 2 === 0 ? "blue" : "green", candidate: null, weightBp: 0, mode: "live", generation: 3 },
  liveRollout: null,
});
const problem = {
  type: "t",
  title: "No valid credential",
  status: 401,
  code: "unauthenticated",
  detail: "D",
  fix: "F",
  instance: "i",
};

/** The built UI, served as the API serves it under its own policy, before an API whose answers each test decides. */
describe.skipIf(!hasBrowser)("the frame of the admin UI in a real browser", () => {
  let app: NestFastifyApplication;
  let browser: Browser;
  let context: BrowserContext;
  let address: string;
  let isSignedIn = true;
  const complaints: string[] = [];
  const asked: string[] = [];

  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(Empty, new FastifyAdapter(), { logger: false });
    registerAdminSite(app);
    await app.listen(0, "127.0.0.1");
    address = await app.getUrl();
    browser = await openBrowser();
  });
  afterEach(async () => {
    await context?.close();
    const heard = complaints.splice(0).filter((each) => !each.includes("Failed to load resource"));
    if (heard.length > 0) throw new Error(`the page complained: ${heard.join("\n")}`);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  function answer(route: Route): Promise<void> {
    const { pathname } = new URL(route.request().url());
    asked.push(`${route.request().method()} ${pathname}`);
    if (pathname === "/v1/session") return route.fulfill({ json: session });
    if (pathname === "/auth/local") {
      isSignedIn = true;
      return route.fulfill({ status: 204 });
    }
    if (!isSignedIn) return route.fulfill({ status: 401, json: problem });
    if (pathname === "/v1/session/tenants") return route.fulfill({ json: session.tenants });
    if (pathname === "/v1/deployments") {
      const items = Array.from({ length: 1000 }, (_, index) => deployment(index));
      return route.fulfill({ json: { items, next: null } });
    }
    return route.fulfill({ status: 404, json: { ...problem, status: 404, code: "not_found" } });
  }

  async function open(path: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
    isSignedIn = true;
    asked.length = 0;
    context = await browser.newContext(options);
    const page = await context.newPage();
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.route(/\/(v1|auth)\//, answer);
    await page.goto(address + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    return page;
  }
  const focused = (page: Page) => page.evaluate<string>("document.activeElement?.textContent ?? ''");

  test("a thousand deployments are searched, and only those near the screen are rendered", async () => {
    const page = await open("/");
    await page.getByRole("link", { name: "desk-0", exact: true }).waitFor();
    expect(await page.getByRole("row").count()).toBeLessThan(80);
    await page.keyboard.press("/");
    await page.keyboard.type("desk-99");
    await page.getByRole("link", { name: "desk-999" }).waitFor();
    expect(page.url()).toContain("search=desk-99");
  });

  test("menu and help are worked by keyboard, and the focus comes back", async () => {
    const page = await open("/");
    const account = page.getByRole("button", { name: "Ada" });
    await account.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitemradio", { name: "Theme of the system" }).waitFor();
    await page.keyboard.press("d");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("getComputedStyle(document.documentElement).colorScheme")).toBe("dark");
    await expect.poll(() => focused(page)).toBe("Ada");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => focused(page)).toBe("Ada");
  });

  test("a session that ends asks for a sign-in over the page; what was typed stays and the request goes on", async () => {
    const page = await open("/");
    await page.getByLabel("Search deployments").fill("desk-1");
    isSignedIn = false; // the next of the page's own reads finds out
    const dialog = page.getByRole("dialog", { name: "Your session has ended" });
    await dialog.waitFor();
    const readBefore = asked.filter((each) => each === "GET /v1/deployments").length;
    await dialog.getByLabel("Password").fill("correct horse battery");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    expect(await page.getByLabel("Search deployments").inputValue()).toBe("desk-1");
    expect(asked.filter((each) => each === "GET /v1/deployments").length).toBeGreaterThan(readBefore);
  });

  test("without a network the page says so, stays, and goes on afterwards", async () => {
    const page = await open("/");
    await page.getByRole("link", { name: "desk-0", exact: true }).waitFor();
    await context.setOffline(true);
    await page.getByText("You are offline").waitFor();
    expect(await page.getByRole("link", { name: "desk-0", exact: true }).isVisible()).toBe(true);
    await context.setOffline(false);
    await page.getByText("You are offline").waitFor({ state: "detached" });
  });

  test.each([
    ["light, 1280 px", { colorScheme: "light", viewport: { width: 1280, height: 800 } }],
    ["dark, phone", { colorScheme: "dark", viewport: { width: 390, height: 844 } }],
  ] as const)("axe finds nothing serious: %s", async (_, options) => {
    const page = await open("/", options);
    await page.getByRole("link", { name: "desk-0", exact: true }).waitFor();
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
    const found = await page.evaluate("axe.run().then(({ violations }) => violations)");
    const serious = (found as { id: string; impact: string; nodes: { html: string }[] }[])
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    expect(serious).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  });
});
