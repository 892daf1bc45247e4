import { turnSettings } from "@tandem/domain/turn";
import { expect, test } from "vitest";
import { bundleOf } from "../../test-support/fixtures.ts";
import { VirtualTime } from "../../test-support/virtual-time.ts";
import { Pacer } from "./pacer.ts";
import { type TurnAction, TurnDriver } from "./turn-driver.ts";

test("a defect in what is done, even one whose telling fails, leaves the call able to go on: it ends with a person", async () => {
  const time = new VirtualTime();
  const done: TurnAction["type"][] = [];
  const turns = new TurnDriver({
    clock: time,
    timers: time,
    settings: turnSettings(bundleOf("Hello.")),
    act: ({ type }) => {
      done.push(type);
      if (type === "open") throw new Error("broken");
    },
    onDefect: (error) => {
      throw error;
    },
  });
  expect(() => turns.tell({ type: "line-opened" })).toThrow("broken");
  turns.tell({ type: "chain-failed" });
  turns.tell({ type: "phrase-heard" });
  expect(done).toEqual(["open", "interrupt", "say", "hand-off"]);
});

test("what one call throws on the shared beat silences no other call", async () => {
  const time = new VirtualTime();
  const pacer = new Pacer(time);
  let beats = 0;
  let isBroken = true;
  const broken = (): void => {
    if (isBroken) throw new Error("broken");
  };
  pacer.add(broken);
  pacer.add(() => (beats += 1));
  await expect(time.pass(50)).rejects.toThrow("broken");
  isBroken = false;
  await time.pass(200);
  expect(beats).toBeGreaterThanOrEqual(4);
});
