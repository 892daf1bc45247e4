import { type Session, SessionDetail, SessionPage } from "@tandem/contracts";
import { InvalidArgumentError } from "commander";
import { ExitCode } from "../exit-code.ts";
import { callTable, callView } from "../views/session.ts";
import type { Register } from "./context.ts";

interface ListOptions {
  readonly release?: string;
  readonly slot?: string;
  readonly outcome?: string;
  readonly kind?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
}

/** Calls: list, show one. */
export const registerCalls: Register = (program, run) => {
  const calls = program.command("calls").description("calls that were answered, newest first");
  calls
    .command("list <deployment>", { isDefault: true })
    .description("calls of a deployment")
    .option("--release <hash>", "answered by this release")
    .option("--slot <name>", "blue or green")
    .option("--outcome <word>", "e.g. booked, transferred, dropped")
    .option("--kind <word>", "live or trial")
    .option("--from <instant>", "answered at or after, e.g. 2026-11-28T08:00:00Z")
    .option("--to <instant>", "answered before")
    .option("--limit <number>", "most calls to show, 1 to 200", wholeNumber, 20)
    .action((deployment: string, options: ListOptions) =>
      run(async ({ api, output }) => {
        const query = new URLSearchParams(
          Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
        );
        const path = `/v1/deployments/${encodeURIComponent(deployment)}/sessions?${query.toString()}`;
        const items: readonly Session[] = (await api.get(path, SessionPage)).items;
        output.result(items, () => callTable(items));
        return ExitCode.done;
      }),
    );
  calls
    .command("show <call>")
    .description("one call turn by turn: words where you may read them, latency and its parts, tools, cost")
    .action((call: string) =>
      run(async ({ api, output }) => {
        const session = await api.get(`/v1/sessions/${encodeURIComponent(call)}`, SessionDetail);
        output.result(session, () => callView(session, output.paint));
        return ExitCode.done;
      }),
    );
};

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 200) throw new InvalidArgumentError("must be 1 to 200");
  return value;
}
