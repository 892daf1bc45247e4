import { useSyncExternalStore } from "react";
import { reachability, type Reachability } from "../api/reachability.ts";

const WORDS: Readonly<Record<Exclude<Reachability, "reachable">, string>> = {
  offline: "You are offline. What is on the screen may be old; nothing you typed is lost.",
  unreachable: "Tandem does not answer. Calls go on without it; what is on the screen may be old.",
};

/** Says when the API cannot be reached. */
export function OfflineBar() {
  const state = useSyncExternalStore(reachability.subscribe, reachability.get);
  return (
    <div role="status" className="sticky top-0 z-30">
      {state !== "reachable" && (
        <p className="bg-warn-fill px-4 py-2 text-center font-medium text-warn">{WORDS[state]}</p>
      )}
    </div>
  );
}
