import type { PhoneLine } from "./phone-line.ts";
import { sandboxPhone } from "./sandbox-phone.ts";

/** A call made at the emulated carrier. */
export interface SandboxCall {
  /** Origin of the sandbox's control API. */
  readonly controlOrigin: string;
  /** Number that is dialled, E.164. */
  readonly to: string;
  /** Number of the caller, E.164. */
  readonly from: string;
}

/** Dials a number at the emulated carrier; the caller hears everything from the first sound on. Rejects with the sandbox's words when it refuses. */
export async function callFromSandbox({ controlOrigin, to, from }: SandboxCall): Promise<PhoneLine> {
  const ready = await ask<{ origins: Record<string, string> }>(`${controlOrigin}/ready`);
  const origin = ready.origins["twilio"];
  if (origin === undefined) throw new Error(`the sandbox at ${controlOrigin} runs no carrier`);
  const { callSid } = await ask<{ callSid: string }>(`${controlOrigin}/actions/twilio/placeCall`, {
    to,
    from,
    hasPhone: true,
  });
  return sandboxPhone(origin, callSid);
}

async function ask<Answer>(url: string, body?: Readonly<Record<string, string | boolean>>): Promise<Answer> {
  const request =
    body === undefined
      ? {}
      : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(url, { ...request, signal: AbortSignal.timeout(10_000) });
  const answer = (await response.json()) as Answer & { error?: string };
  if (!response.ok) throw new Error(answer.error ?? `the sandbox answered ${response.status}`);
  return answer;
}
