// The thread of `npm run fuzz` that asks the API; it takes TypeScript with decorators, which the others have no need of.
import { parentPort } from "node:worker_threads";
import { runRest } from "./run.ts";

parentPort?.once("message", ({ seed, count }: { seed: number; count: number }) => {
  void runRest(seed, count).then(
    (tallies) => parentPort?.postMessage(tallies, []),
    (error: unknown) => {
      throw error;
    },
  );
});
