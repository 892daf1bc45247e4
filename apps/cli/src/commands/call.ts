import { readFileSync } from "node:fs";
import { callFromSandbox, runScript, toneVoice } from "@tandem/caller";
import { sandboxConfig } from "@tandem/config";
import { DeploymentDetail } from "@tandem/contracts";
import { type CallerStep, parseCallerScript } from "@tandem/domain/manifest";
import { CommandFailure, ExitCode } from "../exit-code.ts";
import { toolsOfCall } from "../tools-of-call.ts";
import { conversationView, heardLine, stepLine } from "../views/call.ts";
import type { Context, Register } from "./context.ts";

interface CallOptions {
  readonly script?: string;
  readonly say: readonly string[];
  readonly from: string;
  readonly noiseSeed: string;
}

const PAUSE_MS = 600;

/** A scripted caller dials the emulated carrier and tells what it heard. */
export const registerCall: Register = (program, run) => {
  program
    .command("call <number|deployment>")
    .description(
      "call a number (or a deployment's) at the emulated carrier and talk by script; needs a running sandbox",
    )
    .option("--script <file>", "what the caller says, does and must hear (YAML)")
    .option(
      "--say <text>",
      "say this after the agent has spoken; repeat",
      (text: string, all: string[]) => [...all, text],
      [],
    )
    .option("--from <e164>", "number of the caller", "+15550199999")
    .option("--noise-seed <number>", "the same seed gives the same noise", "1")
    .action((target: string, options: CallOptions) => run((context) => call(target, options, context)));
};

async function call(target: string, options: CallOptions, { api, output }: Context): Promise<ExitCode> {
  const steps = stepsOf(options);
  const to = target.startsWith("+") ? target : await numberOf(target, api);
  const { host, controlPort } = sandboxConfig();
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once("SIGINT", stop);
  try {
    const line = await callFromSandbox({ controlOrigin: `http://${host}:${controlPort}`, to, from: options.from });
    output.note(`${options.from} calls ${to} (${line.callId})`);
    const breath = new Breath((text) => output.note(text));
    const report = await runScript({
      line,
      voice: toneVoice(),
      steps,
      noiseSeed: Number(options.noiseSeed),
      signal: stopping.signal,
      staysOn: steps.length === 0,
      ...(target.startsWith("+") ? {} : { toolsUsed: toolsOfCall(api, target, line.callId) }),
      onStep: (step) => output.note(stepLine(step, output.paint)),
      ...(steps.length === 0 ? { onHeard: (text: string, atMs: number) => breath.take(text, atMs) } : {}),
    });
    breath.end();
    output.result(report, () => `\n${conversationView(report, output.paint)}`);
    return report.ok ? ExitCode.done : ExitCode.failed;
  } finally {
    process.off("SIGINT", stop);
  }
}

async function numberOf(deployment: string, api: Context["api"]): Promise<string> {
  const { number } = await api.get(`/v1/deployments/${encodeURIComponent(deployment)}`, DeploymentDetail);
  if (number === null) throw new CommandFailure(`The deployment ${deployment} has no number.`, ExitCode.usage);
  return number;
}

function stepsOf({ script, say }: CallOptions): readonly CallerStep[] {
  if (script !== undefined && say.length > 0)
    throw new CommandFailure("Give either --script or --say, not both.", ExitCode.usage);
  if (script === undefined)
    return say.length === 0
      ? []
      : [
          { do: "listen" },
          ...say.flatMap((text): CallerStep[] => [{ do: "say", text }, { do: "listen" }]),
          { do: "hang-up" },
        ];
  const { steps, diagnostics } = parseCallerScript(script, readScript(script));
  if (steps !== null) return steps;
  const places = diagnostics.map(({ position, summary, detail, fix }) => {
    const at = position === undefined ? script : `${position.file}:${position.line}:${position.column}`;
    return `${at}  ${summary} ${detail}\n    fix: ${fix}`;
  });
  throw new CommandFailure(`The script is not valid.\n${places.join("\n")}`, ExitCode.usage, diagnostics);
}

function readScript(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandFailure(`The script cannot be read: ${(error as Error).message}`, ExitCode.usage);
  }
}

/** Gathers words into lines: a pause begins a new one. */
class Breath {
  readonly #print: (line: string) => void;
  #words: string[] = [];
  #startMs = 0;
  #lastMs = 0;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  take(word: string, atMs: number): void {
    if (atMs - this.#lastMs > PAUSE_MS) this.end();
    if (this.#words.length === 0) this.#startMs = atMs;
    this.#words.push(word);
    this.#lastMs = atMs;
  }

  end(): void {
    if (this.#words.length > 0) this.#print(heardLine(this.#words, this.#startMs));
    this.#words = [];
  }
}
