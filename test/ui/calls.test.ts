import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LivedIn, liveIn } from "./harness/lived-in.ts";
import { Ui } from "./harness/ui.ts";

let ui: Ui;
let lived: LivedIn;
beforeAll(async () => {
  ui = await Ui.start({ office: { agentKind: "tandem" } });
  lived = await liveIn(ui);
}, 900_000);
afterAll(() => ui?.stop());

/** A call is held in real time, on a machine that does other things besides. */
const patient = { timeout: 120_000 };
/** What the caller said; on a busy machine a letter may be lost on the line. */
const WORDS = /a question|last bill|can wait/;
const pageOf = (rest: string): string => ui.at(`/t/${ui.tenant}/d/${lived.deployment}${rest}`);

test("a call is found by what it was, and read turn by turn by whoever may read its words", async () => {
  const page = await ui.page("owner");
  await page.goto(pageOf("/calls"));
  const calls = page.getByRole("table", { name: `Calls of ${lived.deployment}` });
  await calls.getByRole("link").first().waitFor();
  await page.getByLabel("Outcome").selectOption("dropped");
  await page.getByText("No call fits").waitFor();
  expect(new URL(page.url()).searchParams.get("outcome")).toBe("dropped");
  await page.getByRole("button", { name: "Clear filters" }).click();
  expect(await ui.axe(page)).toEqual([]);
  await ui.screenshot(page, "calls");
  await calls.getByRole("link").first().click();
  await page.getByText(WORDS).first().waitFor();
  await page.getByText("Redacted before it was stored").waitFor();
  await page.getByRole("img", { name: /^Turn 1: .* \d+ ms/ }).waitFor();
  await page.getByRole("link", { name: "its rollout" }).waitFor();
  expect(await ui.axe(page)).toEqual([]);
  await ui.screenshot(page, "call");
});

test("whoever may not read words sees the rest of a call, and why it may place none", async () => {
  const page = await ui.page("viewer");
  await page.goto(ui.at(`/t/${ui.tenant}/calls/${lived.session}`));
  await page.getByText("The words are withheld").waitFor();
  expect(await page.getByText(WORDS).count()).toBe(0);
  await page.getByRole("img", { name: /^Turn 1: / }).waitFor();
  await page.goto(pageOf("/calls?view=tests"));
  const call = page.getByRole("button", { name: /^Call (blue|green)$/ });
  await call.waitFor();
  await expect.poll(() => call.getAttribute("aria-disabled")).toBe("true");
});

test("an operator has the scripted caller ring a slot, watches, and reads what was heard", async () => {
  const page = await ui.page("operator");
  await page.goto(pageOf("/calls"));
  await page.getByRole("button", { name: "Test call" }).click();
  await page.getByRole("button", { name: /^Call (blue|green)$/ }).click();
  await page.getByText("Asked for").waitFor(patient);
  await page.getByRole("list", { name: "What was heard" }).getByText("What can I do for you").waitFor(patient);
  await page.getByText("Where the time of each answer went").waitFor();
  expect(await ui.axe(page)).toEqual([]);
  await page.getByRole("link", { name: "The call turn by turn" }).click();
  await page.getByRole("heading", { name: "Conversation" }).waitFor();
}, 240_000);

test("KPIs say what they rest on and when that is too little, in a chart, in a table and as CSV", async () => {
  const page = await ui.page("viewer");
  await page.goto(pageOf("/kpis"));
  await page.getByRole("link", { name: "Missed" }).click();
  await page.getByRole("heading", { name: "Missed" }).waitFor();
  expect(new URL(page.url()).searchParams.get("kpi")).toBe("missed");
  await page.getByText("too few calls").first().waitFor();
  await page.getByRole("img", { name: /^Missed over time: 9\.4\.0/ }).waitFor();
  await page.getByRole("region", { name: "Figures of Missed" }).getByText("0 % (1)").waitFor();
  const meaning = page.getByRole("button", { name: "What Missed means" });
  await page.keyboard.press("Tab");
  await meaning.focus();
  await page
    .getByRole("tooltip")
    .getByText(/nobody served/)
    .waitFor();
  expect(await ui.axe(page)).toEqual([]);
  await ui.screenshot(page, "kpis");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).click();
  const table = readFileSync(await (await download).path(), "utf8")
    .trim()
    .split(/\r?\n/);
  expect(table[0]).toContain("from,to,complete");
  expect(table.filter((line) => line.includes(",missed,"))).toHaveLength(1);
});
