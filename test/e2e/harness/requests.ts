import type { Office } from "./office.ts";

/** A documented operation whose path names an object. */
export interface Route {
  readonly method: string;
  /** With every parameter but the first filled in. */
  readonly path: string;
  readonly parameter: string;
  /** The path's second segment. */
  readonly collection: string;
}

/** What a route would accept of its own tenant, so that a refusal is not the validation's. */
export interface Acceptable {
  readonly query: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

const REASON = { reason: "theirs" };
const STOLEN = { secrets: { authToken: "stolen" } };

/** By the end of the path, the first that fits; an empty object otherwise. */
const bodies: readonly (readonly [RegExp, (asking: Office) => unknown])[] = [
  [
    /\/outbound-calls$/,
    () => {
      const consent = { givenAt: new Date().toISOString(), source: "form", text: "Call me." };
      return { to: "+15557650002", lead: {}, timeZone: null, consent };
    },
  ],
  [/\/(credential|rotate)$/, () => STOLEN],
  [/\/links$/, () => ({ action: "rollback", for: "slack:me" })],
  [/\/(override-freeze|skip|stop|break-glass|disable|enable)$/, () => REASON],
  [/\/off-boarding$/, () => ({ confirm: "theirs", ...REASON })],
  [/\/drift\/decisions$/, () => ({ answer: "revert", address: "voice-agent.llm/main", ...REASON })],
  [/\/exemptions$/, ({ tenantId }) => ({ tenantId, ...REASON })],
  [/\/incidents$/, () => ({ severity: "sev-2", summary: "theirs" })],
  [/\/suspect$/, () => ({ stack: "telephony" })],
  [/\/clear$/, () => ({ stack: "telephony", evidence: [{ kind: "metrics" }] })],
  [/\/conclude$/, () => ({ stack: "telephony", cause: "theirs", evidence: [{ kind: "metrics" }] })],
  [/\/severity$/, () => ({ severity: "sev-1", ...REASON })],
  [/\/notes$/, () => ({ text: "theirs", evidence: [{ kind: "metrics" }] })],
  [/\/resolve$/, () => ({ resolution: "theirs", withoutCause: true })],
  [/\/(test-calls|talk-links)$/, () => ({ slot: "blue" })],
  [/\/members\/\{id\}\/roles$/, () => ({ roles: ["tenant-admin"] })],
];

/** What `asking` has to send with a route. */
export async function acceptable({ method, path }: Route, asking: Office): Promise<Acceptable> {
  const query = path.endsWith("/compare") ? "?from=1.0.1&to=1.0.1" : "";
  if (method === "GET" || method === "DELETE") return { query, body: undefined, headers: {} };
  if (path.endsWith("/configuration")) {
    const own = await asking.api.get(`/v1/deployments/${asking.deploymentId}/configuration`);
    const { configVersion, ...body } = own;
    return { query, body, headers: { "if-match": `"${configVersion}"` } };
  }
  const body = bodies.find(([end]) => end.test(path))?.[1](asking) ?? {};
  return { query, body, headers: {} };
}
