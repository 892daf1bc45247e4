import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { playbookFiles } from "../../apps/api/src/testing/playbook-files.ts";
import { Ui } from "./harness/ui.ts";

let ui: Ui;
beforeAll(async () => {
  ui = await Ui.start();
});
afterAll(() => ui?.stop());

/** A folder as somebody has it on their machine, with what is no part of a playbook. */
function folderOf(change: (manifest: string) => string): string {
  const folder = mkdtempSync(join(tmpdir(), "playbook-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const files = { ...playbookFiles("after-hours-answering"), "README.md": "Not for the server" };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path === "manifest.yaml" ? change(text) : text);
  }
  return folder;
}

const versioned = (manifest: string): string =>
  manifest
    .replace(/^version: .*$/m, "version: 1.2.0")
    .replace("greeting: How can I help you?", "greeting: How may I help you today?");

test("a folder is checked, mended and published; what changed, what can be set and who runs it can be read", async () => {
  const page = await ui.page("author");
  await page.goto(ui.at("/playbooks"));
  await page.getByRole("link", { name: "After-hours answering" }).waitFor();
  expect(await ui.axe(page)).toEqual([]);

  await page.getByRole("button", { name: "Publish a version" }).click();
  const dialog = page.getByRole("dialog");
  const publish = dialog.getByRole("button", { name: /^Publish/ });
  const folder = dialog.getByLabel("Choose a folder");
  await folder.setInputFiles(folderOf((manifest) => versioned(manifest).replace("agentKind:", "agentkind:")));
  await dialog.getByText("It cannot be published yet").waitFor();
  await dialog
    .getByText(/manifest\.yaml:\d+:\d+/)
    .first()
    .waitFor();
  await expect.poll(() => publish.getAttribute("aria-disabled")).toBe("true");
  expect(await ui.axe(page)).toEqual([]);

  await folder.setInputFiles(folderOf(versioned));
  await dialog.getByText(/Nothing is wrong with it|It can be published/).waitFor();
  await dialog.getByRole("button", { name: "Publish 1.2.0" }).click();
  await page.waitForURL(/\/playbooks\/after-hours-answering/);
  const rows = page.getByRole("table", { name: "Versions of after-hours-answering" }).getByRole("row");
  await rows.filter({ hasText: "1.2.0" }).getByText("you").waitFor();
  await page
    .getByRole("table", { name: "Deployments of after-hours-answering" })
    .getByText(ui.office.deployment)
    .waitFor();
  expect(await ui.axe(page)).toEqual([]);

  await rows.filter({ hasText: "1.2.0" }).getByRole("link", { name: "what changed" }).click();
  await page.getByRole("tab", { name: "Compare", selected: true }).waitFor();
  await page.getByText("conversation.greeting").first().waitFor();
  await page.getByText("How may I help you today?").waitFor();
  expect(await ui.axe(page)).toEqual([]);
  const address = page.url();

  await page.getByRole("tab", { name: "Parameters" }).click();
  await page.getByText("As callers should hear it.").waitFor();
  await page.getByText("text, 1 to 60 characters").waitFor();
  expect(await ui.axe(page)).toEqual([]);

  const viewer = await ui.page("viewer");
  await viewer.goto(address);
  await viewer.getByText("How may I help you today?").waitFor();
  await expect
    .poll(() => viewer.getByRole("button", { name: "Publish a version" }).getAttribute("aria-disabled"))
    .toBe("true");
});
