import { expect, test } from "vitest";
import { resolveStage, stageId, stageKey } from "./stage-id.ts";

const OWN = "0123456789abcdefghijklmnop";

test("a stage's id and key follow from each other", () => {
  for (const key of ["won", "meeting_booked", "id:777", "id:closedwon"])
    expect(stageKey(OWN, stageId(OWN, key))).toBe(key);
});

test.each([
  [OWN, "won", `${OWN}_won`],
  [OWN, `${OWN}_won`, `${OWN}_won`],
  [OWN, "id:777", "777"],
  ["default", "closedwon", "closedwon"],
  ["default", "id:closedwon", "closedwon"],
])("in pipeline %s a deal's stage %s is %s", (pipelineId, stage, id) => {
  expect(resolveStage(pipelineId, stage)).toBe(id);
});
