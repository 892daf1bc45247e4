/** What one closing statement can append. */
export type Appended = "history" | "events" | "messages" | "notices" | "audits";

// Events are numbered by the highest so far, which nobody else can raise under the row lock.
const INSERTS: Partial<Record<Appended, string>> = {
  history: `
    INSERT INTO pointer_history (tenant_id, deployment_id, generation, pointer, cause, rollout_id, actor)
    SELECT $1::uuid, h."deploymentId", (h.pointer ->> 'generation')::integer, h.pointer, h.cause, h."rolloutId", h.actor
    FROM jsonb_to_recordset($2::jsonb -> 'history') AS h ("deploymentId" uuid, pointer jsonb, cause text, "rolloutId" uuid, actor text)`,
  events: `
    INSERT INTO rollout_event (tenant_id, rollout_id, seq, type, phase, payload)
    SELECT $1::uuid, e."rolloutId", e.n + coalesce((SELECT max(x.seq) FROM rollout_event x
      WHERE x.tenant_id = $1::uuid AND x.rollout_id = e."rolloutId"), 0), e.type, e.phase, e.payload
    FROM jsonb_to_recordset($2::jsonb -> 'events') AS e (n integer, "rolloutId" uuid, type text, phase text, payload jsonb)`,
  messages: `
    INSERT INTO outbox (tenant_id, id, kind, payload) SELECT $1::uuid, m.id, m.kind, m.payload
    FROM jsonb_to_recordset($2::jsonb -> 'messages') AS m (id uuid, kind text, payload jsonb)`,
};

// The chain's lock orders the whole tenant and is held until commit, so that this belongs at the end of a transaction.
const CALLS: Partial<Record<Appended, string>> = {
  notices: `
    SELECT count(pg_notify(n.channel, n.payload)::text)
    FROM jsonb_to_recordset($2::jsonb -> 'notices') AS n (channel text, payload text)`,
  audits: `
    SELECT count(append_audit($1::uuid, a.actor, a.via, a.action, a.object, a.before, a.after, a.reason, a.request))
    FROM (SELECT * FROM jsonb_to_recordset($2::jsonb -> 'audits') AS r (n integer, actor text, via text, action text, object text,
      before text, after text, reason text, request text) ORDER BY r.n) a`,
};

const texts = new Map<string, string>();

/**
 * The statement that appends these kinds, of `$1` tenant id and `$2` an object with one list per kind; it touches no other table, for
 * which a role may have no right.
 */
export function appendStatement(kinds: ReadonlySet<Appended>): string {
  const name = [...kinds].toSorted().join(" ");
  let text = texts.get(name);
  if (text === undefined) texts.set(name, (text = assemble(kinds)));
  return text;
}

function assemble(kinds: ReadonlySet<Appended>): string {
  const of = (parts: Partial<Record<Appended, string>>) =>
    Object.entries(parts).filter(([kind]) => kinds.has(kind as Appended));
  const inserts = of(INSERTS).map(([kind, insert]) => `${kind} AS (${insert})`);
  const calls = of(CALLS).map(([kind, call]) => `(${call}) AS ${kind}`);
  const columns = ["$1::uuid AS tenant", ...calls];
  return `${inserts.length > 0 ? `WITH ${inserts.join(", ")} ` : ""}SELECT ${columns.join(", ")}`;
}
