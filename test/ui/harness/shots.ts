import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { workspaceRoot } from "../../../tools/projects.mjs";

/** With TANDEM_UI_SHOTS=1 tests renew the pictures of the documentation. */
const isWanted = process.env["TANDEM_UI_SHOTS"] === "1";

/** Keeps what the window shows as docs/ui/<name>.png, when pictures are wanted. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (!isWanted) return;
  const folder = join(workspaceRoot, "docs/ui");
  mkdirSync(folder, { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled", caret: "hide" });
}
