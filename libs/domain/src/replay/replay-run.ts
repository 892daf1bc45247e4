import type { Json, JsonObject } from "@tandem/kernel";

export type ToolOutcomeName = "success" | "empty" | "failure";

/** What a tool was asked for on a past call and what it answered, personal values replaced by marks. */
export interface RecordedTool {
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly outcome: ToolOutcomeName;
  readonly reply: JsonObject;
}

/** A tool as a replay asked for it. */
export interface ReplayedTool {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, Json>>;
  readonly outcome: ToolOutcomeName;
  /** The past call had asked for the same and its answer was given; false: a failure was answered instead. */
  readonly isRecorded: boolean;
}

/** One turn of a replay: what the caller said, and what the release made of it. */
export interface ReplayedTurn {
  /** From 1; 0 is the opening. */
  readonly turn: number;
  readonly said: string;
  readonly answer: string;
  /** Where the conversation stood after the turn. */
  readonly objective: string;
  readonly tools: readonly ReplayedTool[];
}

/** How a past call went on a release, as text. */
export interface ReplayRun {
  readonly bundleHash: string;
  /** Outcome as a live call would have had it. */
  readonly disposition: string;
  readonly handedOffTo: "human" | "emergency" | null;
  readonly language: string;
  /** Every objective that was entered, in order. */
  readonly objectives: readonly string[];
  readonly turns: readonly ReplayedTurn[];
  /** Why the conversation could not be had to its end; null: it was. */
  readonly trouble: string | null;
}
