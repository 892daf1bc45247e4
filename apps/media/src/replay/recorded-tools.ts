import type { AgentTools, ToolAnswer } from "@tandem/agent";
import type { ReleaseBundle } from "@tandem/domain/release";
import { type RecordedTool, recordedAnswer, type ReplayedTool } from "@tandem/domain/replay";
import type { JsonObject } from "@tandem/kernel";
import { READS } from "../tool-host/tool-calls.ts";

const NOT_RECORDED: ToolAnswer = {
  outcome: "failure",
  reply: { reason: "not-recorded", message: "That is not possible right now. Offer to take a message." },
};

/** Tools that answer as they did on a past call and reach no vendor, neither to read nor to write. */
export class RecordedTools implements AgentTools {
  readonly #operationOf: ReadonlyMap<string, ReleaseBundle["tools"][number]["operation"]>;
  readonly #recorded: readonly RecordedTool[];
  readonly #asked = new Map<string, number>();
  #used: ReplayedTool[] = [];
  /** A booking that was answered with success. */
  hasBooked = false;

  constructor(bundle: ReleaseBundle, recorded: readonly RecordedTool[]) {
    this.#operationOf = new Map(bundle.tools.map(({ name, operation }) => [name, operation]));
    this.#recorded = recorded;
  }

  isRead(tool: string): boolean {
    const operation = this.#operationOf.get(tool);
    return operation !== undefined && READS.has(operation);
  }

  run(tool: string, args: JsonObject): Promise<ToolAnswer> {
    const key = JSON.stringify([tool, args]);
    const asked = this.#asked.get(key) ?? 0;
    this.#asked.set(key, asked + 1);
    const found = recordedAnswer(this.#recorded, tool, args, asked);
    const answer: ToolAnswer = found === null ? NOT_RECORDED : { outcome: found.outcome, reply: found.reply };
    this.#used.push({ tool, arguments: args, outcome: answer.outcome, isRecorded: found !== null });
    this.#note(tool, answer);
    return Promise.resolve(answer);
  }

  /** What was used since this was asked for last. */
  taken(): readonly ReplayedTool[] {
    const used = this.#used;
    this.#used = [];
    return used;
  }

  #note(tool: string, { outcome }: ToolAnswer): void {
    if (outcome !== "success") return;
    const operation = this.#operationOf.get(tool);
    if (operation === "calendar.book") this.hasBooked = true;
    if (operation === "calendar.cancel") this.hasBooked = false;
  }
}
