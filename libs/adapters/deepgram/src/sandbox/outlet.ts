import type { JsonObject } from "@tandem/kernel";
import type { SandboxSocket } from "@tandem/ports/sandbox";

interface Due {
  readonly atMs: number;
  readonly act: () => void;
}

/** What an emulator says on one socket: in order, each message not before its time, nothing while stalled. At most one timer. */
export class Outlet {
  readonly #socket: SandboxSocket;
  readonly #queue: Due[] = [];
  #lastDueMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #isShut = false;

  constructor(socket: SandboxSocket) {
    this.#socket = socket;
  }

  /** Sends a message `delayMs` from now, or when those before it have gone, whatever is later. */
  say(message: JsonObject, delayMs: number): void {
    this.#put(() => this.#socket.faults.isStalled() || this.#socket.sendText(JSON.stringify(message)), delayMs);
  }

  /** Closes the socket once everything before it has been said. */
  close(code: number, reason = ""): void {
    this.#put(() => this.#socket.faults.isStalled() || this.#socket.close(code, reason), 0);
  }

  /** Says nothing more. */
  shut(): void {
    this.#isShut = true;
    this.#queue.length = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #put(act: () => void, delayMs: number): void {
    if (this.#isShut) return;
    const now = performance.now();
    this.#lastDueMs = Math.max(this.#lastDueMs, now + delayMs);
    if (this.#queue.length === 0 && this.#lastDueMs <= now) return act();
    this.#queue.push({ atMs: this.#lastDueMs, act });
    this.#timer ??= this.#wait(this.#lastDueMs - now);
  }

  #wait(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#run(), Math.ceil(Math.max(0, delayMs)));
  }

  #run(): void {
    this.#timer = null;
    for (let [first] = this.#queue; first !== undefined; [first] = this.#queue) {
      const leftMs = first.atMs - performance.now();
      if (leftMs > 0) return void (this.#timer = this.#wait(leftMs));
      this.#queue.shift();
      first.act();
    }
  }
}
