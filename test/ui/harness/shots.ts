import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { workspaceRoot } from "../../../tools/projects.mjs";

/** With TANDEM_UI_SHOTS=1 tests renew the pictures of the documentation. */
const isWanted = process.env["TANDEM_UI_SHOTS"] === "1";

/** What a test that failed had on its screen, for whoever looks for the reason; its file is printed. */
export async function keepFailure(page: Page, name: string): Promise<void> {
  const path = join(
    mkdtempSync(join(tmpdir(), "tandem-ui-")),
    `${name.replaceAll(/[^a-z\d]+/gi, "-").slice(0, 80)}.png`,
  );
  const taken = await page.screenshot({ path, fullPage: true, timeout: 5000 }).catch((error: unknown) => error);
  console.warn(taken instanceof Error ? `no picture of the page: ${taken.message}` : `the page as it stood: ${path}`);
}

/** Keeps what the window shows as docs/ui/<name>.png, when pictures are wanted. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (!isWanted) return;
  const folder = join(workspaceRoot, "docs/ui");
  mkdirSync(folder, { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled", caret: "hide" });
}
