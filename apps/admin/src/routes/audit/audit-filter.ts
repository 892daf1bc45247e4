import { dayAfter, startOfDay } from "../../ui/calendar-day.ts";
import { params, textParam } from "../search-params.ts";

/** What narrows the log, as the address has it; days are those of the tenant's zone. */
export interface AuditFilter {
  readonly text?: string | undefined;
  /** Exactly, e.g. `person:<id>`. */
  readonly actor?: string | undefined;
  /** Whole, or what stands before the dot. */
  readonly action?: string | undefined;
  /** `deployment/<id>`, or `deployment`. */
  readonly object?: string | undefined;
  /** First day, e.g. 2026-11-28. */
  readonly from?: string | undefined;
  /** Last day. */
  readonly to?: string | undefined;
}

export const filterIn = (search: Readonly<Record<string, unknown>>): AuditFilter =>
  params({
    text: textParam(search, "text"),
    actor: textParam(search, "actor"),
    action: textParam(search, "action", 100),
    object: textParam(search, "object"),
    from: textParam(search, "from", 10),
    to: textParam(search, "to", 10),
  });

/** As the API takes it: the last day is within. */
export function queryOf({ from, to, ...rest }: AuditFilter, zone: string): AuditFilter {
  const after = to === undefined ? null : dayAfter(to);
  const first = from === undefined ? null : startOfDay(from, zone);
  const end = after === null ? null : startOfDay(after, zone);
  return { ...rest, ...(first === null ? {} : { from: first }), ...(end === null ? {} : { to: end }) };
}

export const isNarrowed = (filter: AuditFilter): boolean => Object.values(filter).some((value) => value !== undefined);

/** Kinds of things that the log names. */
export const OBJECT_KINDS = [
  "api-key",
  "connection",
  "deployment",
  "freeze",
  "gate-policy",
  "incident",
  "invitation",
  "link",
  "manifest",
  "member",
  "outbound-call",
  "overlay",
  "rollout",
  "tenant",
  "webhook",
] as const;

export interface Subjects {
  readonly kind: string;
  readonly id: string;
}

/** `deployment/7f…` → its kind and id; the whole as kind without an id. */
export function objectParts(object: string): Subjects {
  const [kind = object, id = ""] = object.split(/\/(.*)/s);
  return { kind, id };
}
