import { systemClock } from "@tandem/kernel";
import type { AgentIngress } from "@tandem/ports/inbound";
import { vendorCalls } from "@tandem/ports/vendor-call";
import type { CallRegistrar, RegisterCall } from "@tandem/ports/voice-agent";
import { RETELL_URL } from "./client.ts";
import { readFailure } from "./errors.ts";
import { RegisteredAnswer } from "./wire.ts";

const DEADLINE_MS = 1500;
const SIP_HOST = "sip.retellai.com";

/** The call that a SIP address of the registrar's names. */
export function agentCallOf(sipUri: string): string | null {
  const [, call = "", host = ""] = /^sips?:([^@]+)@([^;?]+)/.exec(sipUri) ?? [];
  return host === SIP_HOST && call !== "" ? call : null;
}

/** Registers calls with plain `fetch`: no SDK on the answer path. Errors: `VendorError`; a lost answer leaves a registration that expires by itself. */
export function openRegistrar({ secrets, baseUrl }: Parameters<AgentIngress["registrar"]>[0]): CallRegistrar {
  const origin = (baseUrl ?? RETELL_URL).replace(/(?<!\/)\/+$/, "");
  const apiKey = secrets["apiKey"]?.reveal() ?? "";
  const calls = vendorCalls({
    vendor: "retell",
    clock: systemClock,
    deadlineMs: DEADLINE_MS,
    readFailure,
    hidden: () => [apiKey],
  });
  return {
    registerCall: (call, signal) =>
      calls.run("register call", (requests) =>
        requests.write(async (deadline) => {
          const response = await fetch(`${origin}/v2/register-phone-call`, {
            method: "POST",
            headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
            body: JSON.stringify(requestOf(call)),
            redirect: "error",
            signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
          });
          const { call_id } = await answerOf(response);
          return { agentCallId: call_id, sipUri: `sip:${call_id}@${SIP_HOST}` };
        }),
      ),
  };
}

const requestOf = (call: RegisterCall) => ({
  agent_id: call.agentId,
  agent_version: call.agentVersion,
  from_number: call.from,
  to_number: call.to,
  direction: call.direction,
  metadata: call.metadata,
  retell_llm_dynamic_variables: call.variables,
});

/** A refused registration; shaped like the SDK's errors, so that one reader serves both. */
class RefusedRegistration extends Error {
  readonly status: number;
  readonly headers: Headers;
  readonly error: unknown;

  constructor(response: Response, body: unknown) {
    super(`status ${response.status}`);
    this.status = response.status;
    this.headers = response.headers;
    this.error = body;
  }
}

async function answerOf(response: Response) {
  if (response.ok) return RegisteredAnswer.parse(await response.json());
  throw new RefusedRegistration(response, await response.json().catch(() => null));
}
