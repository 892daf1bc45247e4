import { VirtualClock } from "@tandem/testkit";
import { describe, expect, it } from "vitest";
import { afterHours } from "../test/after-hours.ts";
import { ScriptedTools } from "../test/scripted-tools.ts";
import { ToolRuns } from "./tool-runs.ts";

const clock = new VirtualClock();
const toolOf = (name: string) => afterHours.tools.find((tool) => tool.name === name)!;
const open = (): {
  readonly tools: ScriptedTools;
  readonly runs: ToolRuns;
  readonly run: (tool: string, args?: object) => Promise<string>;
} => {
  const tools = new ScriptedTools(clock);
  const runs = new ToolRuns({ tools, declared: afterHours.tools, clock, onEvent: () => undefined });
  const run = async (tool: string, args = {}): Promise<string> =>
    (await runs.run(toolOf(tool), { ...args }, false)).outcome;
  return { tools, runs, run };
};
const ten = { start: "ten", name: "Anna", phone: "+15550100199" };
const two = { ...ten, start: "two" };

describe("the tools of a call", () => {
  it("write once with the same words, also when both are asked for at the same time", async () => {
    const { tools, runs, run } = open();
    expect(await Promise.all([run("book_slot", ten), run("book_slot", ten)])).toEqual(["success", "success"]);
    expect(await run("book_slot", { phone: ten.phone, name: ten.name, start: ten.start })).toBe("success");
    expect(tools.runsOf("book_slot")).toBe(1);
    expect(runs.done).toEqual(["calendar.book"]);
  });

  it("try again what failed", async () => {
    const { tools, runs, run } = open();
    tools.comesTo["save_contact"] = [{ outcome: "failure", reply: {} }];
    expect([await run("save_contact", ten), await run("save_contact", ten)]).toEqual(["failure", "success"]);
    expect(runs.done).toEqual(["crm.upsert-contact"]);
  });

  it("book anew what was cancelled", async () => {
    const { tools, run } = open();
    await run("book_slot", ten);
    await run("cancel_booking");
    await run("book_slot", ten);
    expect(tools.ran.map(({ tool }) => tool)).toEqual(["book_slot", "cancel_booking", "book_slot"]);
  });

  it("write once what a cancellation has nothing to do with", async () => {
    const { tools, run } = open();
    await run("save_message", { text: "a leak" });
    await run("cancel_booking");
    await run("save_message", { text: "a leak" });
    expect(tools.runsOf("save_message")).toBe(1);
  });

  it("hold one appointment: another time gives the earlier one back, once it is booked", async () => {
    const { tools, run } = open();
    await run("book_slot", ten);
    tools.comesTo["book_slot"] = [{ outcome: "failure", reply: {} }];
    await run("book_slot", two);
    expect(tools.runsOf("cancel_booking"), "not for one that could not be had").toBe(0);
    await run("book_slot", two);
    expect(tools.ran.slice(-2)).toEqual([
      { tool: "book_slot", args: two, isSpeculative: false },
      { tool: "cancel_booking", args: { event_id: "booked ten" }, isSpeculative: false },
    ]);
    await run("book_slot", two);
    expect(tools.runsOf("book_slot"), "the new one stands").toBe(3);
  });

  it("keep the appointment that was asked for last, also when it was booked first", async () => {
    const { tools, run } = open();
    tools.takesMs["book_slot"] = 2000;
    const slow = run("book_slot", ten);
    tools.takesMs["book_slot"] = 100;
    const quick = run("book_slot", two);
    await clock.run(Promise.all([slow, quick]), clock.now() + 5000);
    expect(tools.ran.at(-1)).toEqual({
      tool: "cancel_booking",
      args: { event_id: "booked ten" },
      isSpeculative: false,
    });
  });

  it("read ahead once, and again after a minute or a write", async () => {
    const { tools, runs, run } = open();
    runs.prefetch(toolOf("find_slots"), {});
    runs.prefetch(toolOf("find_slots"), {});
    runs.prefetch(toolOf("book_slot"), ten);
    expect(tools.ran).toEqual([{ tool: "find_slots", args: {}, isSpeculative: true }]);
    await run("find_slots");
    expect(tools.runsOf("find_slots")).toBe(1);
    await run("save_message", { text: "hello" });
    await run("find_slots");
    expect(tools.runsOf("find_slots")).toBe(2);
  });
});
