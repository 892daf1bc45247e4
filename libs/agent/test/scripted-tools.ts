import type { Clock, Json } from "@tandem/kernel";
import type { AgentTools, ToolAnswer } from "../src/index.ts";

export const slots = [
  { start: "2026-01-06T10:00:00.000Z", end: "2026-01-06T10:15:00.000Z", spoken: "tomorrow at ten" },
  { start: "2026-01-08T14:30:00.000Z", end: "2026-01-08T14:45:00.000Z", spoken: "Thursday at half past two" },
];

const answers: Readonly<Record<string, ToolAnswer>> = {
  find_slots: { outcome: "success", reply: { slots } },
};

/** Tools that take their time on the test's clock and remember every run. */
export class ScriptedTools implements AgentTools {
  readonly ran: {
    readonly tool: string;
    readonly args: Readonly<Record<string, Json>>;
    readonly isSpeculative: boolean;
  }[] = [];
  readonly takesMs: Record<string, number> = {};
  readonly comesTo: Record<string, ToolAnswer[]> = {};
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs of a tool. */
  runsOf(tool: string): number {
    return this.ran.filter((run) => run.tool === tool).length;
  }

  isRead(tool: string): boolean {
    return tool === "find_slots";
  }

  async run(tool: string, args: Readonly<Record<string, Json>>, isSpeculative: boolean): Promise<ToolAnswer> {
    this.ran.push({ tool, args, isSpeculative });
    const takesMs = this.takesMs[tool] ?? 0;
    if (takesMs > 0) await this.#clock.sleep(takesMs);
    const booked = { event_id: `booked ${String(args["start"])}` };
    const reply = tool === "book_slot" ? booked : {};
    return this.comesTo[tool]?.shift() ?? answers[tool] ?? { outcome: "success", reply };
  }
}
