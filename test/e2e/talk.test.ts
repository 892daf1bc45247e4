import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { signTicket } from "@tandem/secrets";
import { eventually } from "../../apps/media/test-support/eventually.ts";
import { ticketKey } from "../../apps/media/test-support/node-harness.ts";
import { openSpokenOffice, type SpokenOffice } from "../../apps/media/test-support/spoken-office.ts";
import { talkAddress } from "../../apps/media/src/talk/talk-address.ts";
import type { TrialTrace } from "../../apps/media/src/trial/trial-traces.ts";
import { chromiumPath, openBrowser, writeMicrophone } from "./harness/browser.ts";

const hasBrowser = chromiumPath() !== null;
if (!hasBrowser) console.warn("the talk page in a real browser: skipped, no Chromium here (apt-get install chromium)");

const WITHIN = { timeout: 60_000, interval: 250 };

describe.skipIf(!hasBrowser)("a person talks to a slot in a real browser", () => {
  let office: SpokenOffice;
  let folder: string;
  let browser: Browser;
  let context: BrowserContext;
  /** What the pages complained of: scripts that failed, resources that their own policy forbids. */
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tandem-talk-"));
    const microphone = join(folder, "microphone.wav");
    writeMicrophone(microphone, [
      { afterMs: 7000, text: "My name is Ada Lovelace." },
      { afterMs: 8000, text: "I would like to know your opening hours." },
    ]);
    [office, browser] = await Promise.all([openSpokenOffice(), openBrowser(microphone)]);
  });
  afterEach(async () => {
    await context?.close();
    const heard = complaints.splice(0).join("\n");
    if (heard !== "") throw new Error(`the page complained: ${heard}`);
  });
  afterAll(async () => {
    await browser?.close();
    await office?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A fresh address of the active slot. */
  function newAddress(): string {
    const node = { name: "node-1", origin: office.publicUrl, ticketKey };
    return talkAddress(node, office.feed.deployments.get("d1")!, "blue", Date.now()) ?? "";
  }
  async function open(address: string, permissions: string[] = ["microphone"]): Promise<Page> {
    context = await browser.newContext({ permissions, viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(address);
    return page;
  }
  const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
  const stateOf = (page: Page) => page.getByRole("status").textContent();
  const logOf = (page: Page) => page.getByRole("log").getByRole("listitem").allTextContents();
  async function traceOf(sessionId: string): Promise<TrialTrace> {
    const ticket = signTicket(ticketKey, "trial", { sessionId }, Date.now() + 60_000);
    const headers = { authorization: `Bearer ${ticket}` };
    return (await (await fetch(`${office.publicUrl}/trial/${sessionId}/trace`, { headers })).json()) as TrialTrace;
  }

  test("hears the greeting, is understood and answered; the address is good once", async () => {
    const address = newAddress();
    const page = await open(address);
    await press(page, "Call");
    await expect.poll(() => stateOf(page), WITHIN).toContain("Connected");
    await expect.poll(() => logOf(page), WITHIN).toContainEqual(expect.stringMatching(/^0:0\d {2}Agent speaks$/));
    const level = (name: string) =>
      page.getByLabel(name, { exact: true }).evaluate((meter) => (meter as unknown as { value: number }).value);
    await expect.poll(() => level("You"), { ...WITHIN, interval: 50 }).toBeGreaterThan(25);
    await expect
      .poll(() => logOf(page), WITHIN)
      .toContainEqual(expect.stringMatching(/Agent answers \d+\.\d s after you/));
    await expect.poll(() => level("Agent"), { ...WITHIN, interval: 50 }).toBeGreaterThan(25);
    await expect.poll(() => stateOf(page), WITHIN).toBe("The agent has ended the call.");
    const [session] = [...office.writer.sessions.values()];
    const trace = await traceOf(session?.sessionId ?? "");
    expect(trace).toMatchObject({ slot: "blue", ended: "hang-up" });
    expect(trace.facts).toContainEqual(expect.objectContaining({ field: "caller_name", value: "Ada Lovelace" }));
    expect(trace.turns.filter(({ callerText, latency }) => callerText !== "" && latency !== null)).toHaveLength(2);
    await eventually(() =>
      expect(office.writer.of("call-metrics")[0]?.payload).toMatchObject({ encodingMismatches: 0 }),
    );
    await context.close();

    const again = await open(address);
    await press(again, "Call");
    await expect
      .poll(() => stateOf(again), WITHIN)
      .toMatch(/used already, or is more than a minute old.*tandem-media talk/);
    expect(await again.locator("#call").isDisabled()).toBe(true);
    expect(office.writer.of("stream-started")).toHaveLength(1);
  }, 150_000);

  test("a microphone that is refused costs no address: once it is allowed the call begins, and ends at the person's word", async () => {
    const page = await open(newAddress(), []);
    await press(page, "Call");
    await expect
      .poll(() => stateOf(page), WITHIN)
      .toMatch(/^The microphone was refused\. Allow it .* press Call again/);
    await context.grantPermissions(["microphone"]);
    await press(page, "Call");
    await expect.poll(() => stateOf(page), WITHIN).toContain("Connected");
    await page.getByText("Keypad").click();
    await press(page, "Key 7");
    await press(page, "Hang up");
    await expect.poll(() => stateOf(page), WITHIN).toBe("You have hung up.");
    expect((await logOf(page)).map((line) => line.replace(/^\d:\d\d {2}/, ""))).toEqual(
      expect.arrayContaining(["Connected", "You press 7", "The call has ended"]),
    );
  }, 90_000);

  test("an address without a ticket says where one comes from; nothing is wider than a phone", async () => {
    const page = await open(`${office.publicUrl}/talk`);
    expect(await stateOf(page)).toContain("has no ticket");
    expect(await page.locator("#call").isDisabled()).toBe(true);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  }, 60_000);
});
