import type { SandboxRequest, SandboxResponse, SandboxWorld } from "@tandem/ports/sandbox";
import { type Caller, requirePermission } from "./access.ts";
import { TwilioProblem } from "./answer.ts";
import { callBody } from "./call-routes.ts";
import { reportStatus } from "./callback.ts";
import { answered, callOf, change, endCall, record, runAddress } from "./carrier.ts";
import { pickUp } from "./phone.ts";
import { phoneUser } from "./phone-user.ts";
import { answers, type CallRow, calls, type NumberRow, numbers, type ProgressEvent } from "./rows.ts";

const PROGRESS: readonly ProgressEvent[] = ["initiated", "ringing", "answered"];
const NUMBER = /^\+[1-9]\d{6,14}$/;

/** `POST …/Calls.json`: calls a number, which answers as scripted or with the phone that waits there, and runs the document at `Url`. */
export function createCall(request: SandboxRequest, caller: Caller, world: SandboxWorld): SandboxResponse {
  requirePermission(caller, "calls:create");
  const form = new URLSearchParams(request.body);
  const own = ownNumber(world, caller, form.get("From") ?? "");
  const to = form.get("To") ?? "";
  if (!NUMBER.test(to)) throw new TwilioProblem(400, 21211, `Invalid 'To' Phone Number: ${to}`);
  const url = form.get("Url") ?? "";
  if (!URL.canParse(url)) throw new TwilioProblem(400, 21205, `Url is not a valid URL: ${url}`);
  const call = newCall(world, own, { to, form });
  calls(world).put(call.sid, call);
  record(world, call, "call-created", { to, from: call.from });
  ring(world, call, form).catch((error: unknown) => console.error("sandbox twilio: outbound call failed", error));
  return { status: 201, body: callBody(call) };
}

function ownNumber(world: SandboxWorld, caller: Caller, from: string): NumberRow {
  const own = numbers(world)
    .all()
    .find((row) => row.phoneNumber === from && row.accountSid === caller.account.sid);
  if (own === undefined)
    throw new TwilioProblem(400, 21210, `The source phone number provided, ${from}, is not yet verified`);
  return own;
}

const methodOf = (form: URLSearchParams, name: string): "GET" | "POST" => (form.get(name) === "GET" ? "GET" : "POST");

function newCall(
  world: SandboxWorld,
  own: NumberRow,
  { to, form }: { readonly to: string; readonly form: URLSearchParams },
): CallRow {
  const events = form.getAll("StatusCallbackEvent").flatMap((each) => each.split(/[ ,]+/));
  return {
    sid: world.newId("CA", 34),
    accountSid: own.accountSid,
    numberSid: own.sid,
    from: own.phoneNumber,
    to,
    forwardedFrom: "",
    direction: "outbound-api",
    answeredBy: "",
    status: "queued",
    connected: { to: "nobody" },
    actionUrl: "",
    actionMethod: "POST",
    statusCallback: form.get("StatusCallback") ?? "",
    statusCallbackMethod: methodOf(form, "StatusCallbackMethod"),
    progressEvents: PROGRESS.filter((event) => events.includes(event)),
    fallbackUrl: form.get("FallbackUrl") ?? "",
    fallbackMethod: methodOf(form, "FallbackMethod"),
    said: [],
    documents: [],
    legs: [],
    reports: 0,
    startedAt: world.now(),
    legStartedAt: 0,
    endedAt: 0,
  };
}

async function ring(world: SandboxWorld, { sid, to }: CallRow, form: URLSearchParams): Promise<void> {
  await Promise.resolve();
  if (callOf(world, sid).endedAt > 0) return;
  for (const status of ["initiated", "ringing"] as const) {
    const call = change(world, sid, { status });
    if (call.progressEvents.includes(status)) await reportStatus(world, sid);
  }
  const answer = answers(world).get(to)?.answer ?? "answered";
  if (answer === "no-answer" || answer === "busy" || answer === "failed") return endCall(world, sid, answer);
  const phone = pickUp(world, to, sid);
  if (phone !== null) phone.user = phoneUser(world, sid);
  change(world, sid, { answeredBy: detected(form.get("MachineDetection") ?? "", answer === "machine") });
  await answered(world, sid);
  await runAddress(world, sid, { url: form.get("Url") ?? "", method: methodOf(form, "Method") });
}

function detected(detection: string, isMachine: boolean): CallRow["answeredBy"] {
  if (detection !== "Enable" && detection !== "DetectMessageEnd") return "";
  if (!isMachine) return "human";
  return detection === "Enable" ? "machine_start" : "machine_end_beep";
}
