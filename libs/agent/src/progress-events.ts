import { factOf, type Progress } from "@tandem/domain/conversation";
import type { EngineEvent } from "./conversation-engine.ts";

/** Facts that are new or have another value. */
export const factEvents = (before: Progress, after: Progress): readonly EngineEvent[] =>
  after.facts.flatMap(({ field, value }): EngineEvent[] => {
    const known = factOf(before, field);
    return known?.value === value ? [] : [{ type: "fact-collected", field, isCorrection: known !== undefined }];
  });

/** Objectives entered beyond the first `passed` ones of the way. */
export const enteredEvents = (passed: number, after: Progress): readonly EngineEvent[] =>
  after.visits.slice(passed).map(({ objective }) => ({ type: "objective-entered", objective }));
