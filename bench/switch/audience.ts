import type { ChildProcess } from "node:child_process";
import { start } from "../world/child.ts";

/** The processes that must learn of a move. */
export interface Audience {
  /** Milliseconds from now until the slowest of them knows of `move`. */
  slowest(move: string, make: () => Promise<void>): Promise<number>;
  close(): void;
}

interface Heard {
  readonly move?: string;
  readonly at?: string;
}

const PATIENCE_MS = 5000;

export async function audience(program: URL, size: number): Promise<Audience> {
  const started = await Promise.all(Array.from({ length: size }, () => start(program, process.env)));
  const children = started.map(({ child }) => child);
  return {
    slowest: async (move, make) => {
      const heard = Promise.all(children.map((child) => hears(child, move)));
      const startedAt = process.hrtime.bigint();
      const [times] = await Promise.all([heard, make()]);
      return Math.max(...times.map((at) => Number(at - startedAt))) / 1e6;
    },
    close: () => children.forEach((child) => child.disconnect()),
  };
}

/** CLOCK_MONOTONIC of the moment; one clock for all processes. */
function hears(child: ChildProcess, move: string): Promise<bigint> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(() => reject(new Error(`move ${move} was not heard`))), PATIENCE_MS);
    const onMessage = ({ move: heard, at }: Heard) => heard === move && finish(() => resolve(BigInt(at ?? 0)));
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      child.off("message", onMessage);
      settle();
    };
    child.on("message", onMessage);
  });
}
