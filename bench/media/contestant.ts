// The servers under test: one process each, on a core of its own, with the load as their carrier and provider.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { callIdOf, ring } from "./carrier.ts";
import type { Load } from "./load.ts";
import { apart, pinned, SERVER_FLAGS, sleep } from "./machine.ts";

export type Name = "ours" | "bare" | "openai-agents";

const programs: Readonly<Record<Name, URL>> = {
  ours: new URL("servers/ours.ts", import.meta.url),
  bare: new URL("servers/bare-relay.ts", import.meta.url),
  "openai-agents": new URL("servers/openai-agents.mjs", import.meta.url),
};

const OPEN_EACH_MS = 12;
const PATIENCE_MS = 15_000;
const STOP_WITHIN_MS = 3000;

export class Contestant {
  readonly pid: number;
  readonly port: number;
  readonly #name: Name;
  readonly #child: ChildProcess;
  readonly #load: Load;
  #calls = 0;

  private constructor(name: Name, child: ChildProcess, load: Load, port: number) {
    this.#name = name;
    this.#child = child;
    this.#load = load;
    this.pid = child.pid ?? 0;
    this.port = port;
  }

  /** `environment` beyond the provider's port; see the programs. */
  static async start(name: Name, load: Load, environment: Readonly<Record<string, string>> = {}): Promise<Contestant> {
    const program = fileURLToPath(programs[name]);
    const [command, args] = pinned(0, process.execPath, [...process.execArgv, ...SERVER_FLAGS, program]);
    const child = spawn(command, args, {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      detached: true,
      env: { ...process.env, ...environment, TANDEM_BENCH_PROVIDER_PORT: String(load.port) },
    });
    apart(child);
    const { port } = await answerOf<{ port: number }>(child);
    load.target(port);
    return new Contestant(name, child, load, port);
  }

  get calls(): number {
    return this.#calls;
  }

  /** Opens one more call; false when the server did not take it. */
  async open(): Promise<boolean> {
    const index = this.#calls++;
    if (this.#name !== "ours") {
      this.#load.call("/", callIdOf(index));
      return true;
    }
    const connected = await ring(this.port, index);
    if (connected === null) return false;
    this.#load.call(connected.path, callIdOf(index), connected.parameters);
    return true;
  }

  /** Opens calls until there are so many, evenly; false when the server did not take them all. */
  async openUntil(calls: number): Promise<boolean> {
    let areTaken = true;
    while (this.#calls < calls) {
      areTaken = (await this.open()) && areTaken;
      await sleep(OPEN_EACH_MS);
    }
    return areTaken;
  }

  /** Ours only: moves the pointer; resolves when the node answers by it. */
  async moveTo(release: "blue" | "green"): Promise<void> {
    const moved = answerOf(this.#child);
    this.#child.send({ moveTo: release });
    await moved;
  }

  /** Ours only: what the process says of its memory, bytes. */
  memory(): Promise<NodeJS.MemoryUsage> {
    const told = answerOf<NodeJS.MemoryUsage>(this.#child);
    this.#child.send({ isMemoryAsked: true });
    return told;
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.disconnect();
    const insist = setTimeout(() => this.#child.kill("SIGKILL"), STOP_WITHIN_MS);
    await gone;
    clearTimeout(insist);
  }
}

function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => finish(() => reject(new Error(`a server ended with ${code}`)));
    const told = (message: unknown) => finish(() => resolve(message as Answer));
    const timer = setTimeout(() => finish(() => reject(new Error("a server does not answer"))), PATIENCE_MS);
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      child.off("message", told).off("exit", ended);
      settle();
    };
    child.once("message", told).once("exit", ended);
  });
}
