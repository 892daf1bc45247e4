import { expect, test } from "vitest";
import { freezeState } from "./freeze-state.ts";

const window = { startsAt: "2026-11-28T10:00:00.000Z", endsAt: "2026-11-28T12:00:00.000Z", endedAt: null };
const at = (time: string, over: object = {}) => freezeState({ ...window, ...over }, Date.parse(time));

test("a window is to come, in force and over; one that was ended early is over before its end", () => {
  expect(at("2026-11-28T09:59:59Z")).toMatchObject({ word: "to come", isOver: false });
  expect(at("2026-11-28T10:00:00Z")).toMatchObject({ word: "in force", isOver: false });
  expect(at("2026-11-28T12:00:00Z")).toMatchObject({ word: "over", isOver: true });
  expect(at("2026-11-28T11:00:00Z", { endedAt: "2026-11-28T10:30:00.000Z" })).toMatchObject({
    word: "ended early",
    isOver: true,
  });
});
