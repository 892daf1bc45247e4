// The load process: callers and providers in C, on a core of its own.
import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { apart, pinned } from "./machine.ts";

const source = fileURLToPath(new URL("load/", import.meta.url));

/** Milliseconds. */
export interface Spread {
  readonly n: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What happened between `begin` and `print`. One-way delays are true ones: both ends are one process. */
export interface Window {
  readonly openCalls: number;
  readonly framesUp: number;
  readonly framesDown: number;
  readonly lostUp: number;
  readonly lostDown: number;
  /** Media of an utterance after its `clear`. */
  readonly stale: number;
  /** Signs of two releases in one call. */
  readonly mixed: number;
  /** Streams that ended without the caller's doing. */
  readonly dropped: number;
  readonly turns: number;
  readonly interruptions: number;
  /** Turns that were not answered within six seconds. */
  readonly repairs: number;
  readonly up: Spread;
  readonly down: Spread;
  /** How late the load itself sent frames: its own fault, not the server's. */
  readonly late: Spread;
  /** Last frame of the caller's speech sent → first media frame of the answer received. */
  readonly answer: Spread;
  /** The provider's word that the caller takes the floor sent → `clear` received. */
  readonly clear: Spread;
  readonly voiceCancel: Spread;
  readonly modelCancel: Spread;
  /** Token sent → received as text to be spoken. */
  readonly token: Spread;
  /** First audio of an utterance sent → received as media. */
  readonly audio: Spread;
  /** Silence inside an utterance. */
  readonly gap: Spread;
  readonly opened: Spread;
}

let built: string | null = null;

/** Compiles the load once; says what is missing where it cannot be. */
export function buildLoad(): void {
  if (built !== null) return;
  const folder = mkdtempSync(join(tmpdir(), "tandem-bench-load-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const files = globSync("*.c", { cwd: source }).toSorted();
  try {
    execFileSync("cc", ["-O2", "-D_GNU_SOURCE", "-o", join(folder, "load"), ...files, "-lm"], { cwd: source });
  } catch (error) {
    throw new Error("The load of this benchmark is written in C: it needs a C compiler named cc, and Linux.", {
      cause: error,
    });
  }
  built = join(folder, "load");
}

export class Load {
  readonly port: number;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(
    child: ChildProcessByStdio<Writable, Readable, null>,
    lines: AsyncIterator<string>,
    port: number,
  ) {
    this.#child = child;
    this.#lines = lines;
    this.port = port;
  }

  /** Settings by their names in `load/load.c`. */
  static async start(settings: Readonly<Record<string, number>>): Promise<Load> {
    buildLoad();
    const words = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const [command, args] = pinned(1, built ?? "", words);
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], detached: true });
    apart(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { port } = JSON.parse((await lines.next()).value as string) as { port: number };
    return new Load(child, lines, port);
  }

  /** Where callers connect to. */
  target(port: number): void {
    this.#tell(`target ${port}`);
  }

  call(path: string, id: string, parameters = ""): void {
    this.#tell(`call ${path} ${id} ${parameters}`);
  }

  /** `*` ends all calls. */
  end(id: string): void {
    this.#tell(`end ${id}`);
  }

  begin(): void {
    this.#tell("begin");
  }

  print(): Promise<Window> {
    return this.#ask("print");
  }

  /** Call id → the release that was heard on it; empty when none was. */
  releases(): Promise<Readonly<Record<string, "blue" | "green" | "">>> {
    return this.#ask("releases");
  }

  stop(): void {
    this.#child.stdin.end();
    this.#child.kill();
  }

  #tell(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  async #ask<Answer>(line: string): Promise<Answer> {
    this.#tell(line);
    return JSON.parse((await this.#lines.next()).value as string) as Answer;
  }
}
