import { type CallName, callNames, isOpen, wallClock } from "../manifest/index.ts";
import type { ReleaseBundle } from "./bundle.ts";

const dateFormat = new Intl.DateTimeFormat("en-US", {
  timeZone: "UTC",
  weekday: "long",
  year: "numeric",
  month: "long",
  day: "numeric",
});
const timeFormat = new Intl.DateTimeFormat("en-US", { timeZone: "UTC", hour: "numeric", minute: "2-digit" });

/**
 * The variables of a call that the agent's texts may use, by the name a hosted agent knows them under (`call_local_time`): what
 * `RegisterCall.variables` must hold. Times are those of the schedule's zone. `from` is E.164 or empty when withheld.
 */
export function callVariables(
  bundle: Pick<ReleaseBundle, "answer">,
  call: { readonly from: string; readonly epochMs: number },
): Readonly<Record<string, string>> {
  const wall = wallClock(bundle.answer.schedule.timeZone, call.epochMs);
  const values: Readonly<Record<CallName, string>> = {
    "call.from": call.from === "" ? "withheld" : call.from,
    "call.localDate": dateFormat.format(wall),
    "call.localTime": timeFormat.format(wall),
    "call.isOpen": isOpen(bundle.answer.schedule, call.epochMs) ? "yes" : "no",
  };
  return Object.fromEntries((Object.keys(callNames) as CallName[]).map((name) => [callNames[name], values[name]]));
}
