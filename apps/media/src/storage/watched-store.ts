import type { ObjectStore } from "@tandem/ports/object-store";
import { type Logger, rateLimited } from "@tandem/telemetry";

/** The store, with each failure told to operators (at most one in ten seconds) before it reaches whoever asked and may go on without. */
export function watchedStore(store: ObjectStore, log: Logger): ObjectStore {
  const alarm = rateLimited(10_000, (leftOut, error) =>
    log.warn({ err: error, leftOut }, "recordings and prepared sentences cannot be stored or read"),
  );
  const told = <Result>(work: Promise<Result>): Promise<Result> => {
    work.catch(alarm);
    return work;
  };
  return {
    put: (key, body, contentType) => told(store.put(key, body, contentType)),
    get: (key) => told(store.get(key)),
    remove: (key) => told(store.remove(key)),
  };
}
