import { signalValue } from "./signal-value.ts";

/** `offline`: the machine has no network; `unreachable`: it has, and the API does not answer. */
export type Reachability = "reachable" | "unreachable" | "offline";

const current = signalValue<Reachability>(navigator.onLine ? "reachable" : "offline");

/** Whether the API can be reached, as the last request and the browser say. */
export const reachability = {
  get: current.get,
  subscribe: current.subscribe,
  /** Told by every request: whether there was an answer, whatever it said. */
  report(hasAnswered: boolean): void {
    current.set(hasAnswered ? "reachable" : navigator.onLine ? "unreachable" : "offline");
  },
};

window.addEventListener("offline", () => current.set("offline"));
window.addEventListener("online", () => current.set("reachable"));
