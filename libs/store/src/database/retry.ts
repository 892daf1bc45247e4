import { setTimeout as sleep } from "node:timers/promises";
import { isSerializationFailure } from "./database-error.ts";

const MOST_ATTEMPTS = 5;
const FIRST_WAIT_MS = 10;

/** Does a transaction again when it lost against another one: at most five times in all, with growing jittered waits. */
export async function retrySerialization<Result>(transaction: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt >= MOST_ATTEMPTS || !isSerializationFailure(error)) throw error;
      await sleep(FIRST_WAIT_MS * 2 ** attempt * Math.random());
    }
  }
}
