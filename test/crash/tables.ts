/** A database that answers past row security. */
export interface Source {
  rows<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** A row together with the transaction that wrote it last (32-bit id as text). */
export interface Written {
  readonly tx: string;
}

/** What one tenant's tables hold at the end, as far as the checker looks at it. Read past row security. */
export interface Tables {
  readonly deployments: readonly { readonly id: string; readonly active: string; readonly generation: number }[];
  readonly slots: readonly { readonly slot: string; readonly state: string; readonly isComplete: boolean }[];
  readonly history: readonly (Written & { readonly generation: number; readonly active: string })[];
  readonly rollouts: readonly {
    readonly id: string;
    readonly phase: string;
    readonly reason: { readonly code: string; readonly nextAction: string } | null;
  }[];
  readonly events: readonly (Written & { readonly rolloutId: string; readonly seq: number; readonly type: string })[];
  readonly steps: readonly {
    readonly rolloutId: string;
    readonly seq: number;
    readonly stage: string;
    readonly state: string;
    readonly requestHash: string | null;
    readonly result: string | null;
  }[];
  readonly bindings: readonly {
    readonly address: string;
    readonly slot: string;
    readonly kind: string;
    readonly externalKey: string;
    readonly externalId: string | null;
    readonly lastApplied: unknown;
  }[];
  readonly audits: readonly (Written & AuditRow)[];
  readonly head: { readonly seq: number; readonly hash: string } | null;
}

export interface AuditRow {
  readonly tenantId: string;
  readonly seq: number;
  readonly at: Date;
  readonly actor: string;
  readonly via: string;
  readonly action: string;
  readonly object: string;
  readonly beforeHash: string | null;
  readonly afterHash: string | null;
  readonly reason: string | null;
  readonly requestId: string | null;
  readonly prevHash: string;
  readonly hash: string;
}

const QUERIES: Readonly<Record<Exclude<keyof Tables, "head">, string>> = {
  deployments: "SELECT id, pointer_active AS active, generation FROM deployment WHERE tenant_id = $1",
  slots:
    'SELECT slot, state, ready_bundle_hash IS NOT NULL AND ready_bundle_hash = bundle_hash AS "isComplete" FROM slot WHERE tenant_id = $1',
  history:
    "SELECT generation, pointer->>'active' AS active, xmin::text AS tx FROM pointer_history WHERE tenant_id = $1 ORDER BY generation",
  rollouts: "SELECT id, phase, reason FROM rollout WHERE tenant_id = $1 ORDER BY id",
  events:
    'SELECT rollout_id AS "rolloutId", seq, type, xmin::text AS tx FROM rollout_event WHERE tenant_id = $1 ORDER BY rollout_id, seq',
  steps: `SELECT rollout_id AS "rolloutId", seq, stage, state, request_hash AS "requestHash", outcome->>'result' AS result
    FROM step WHERE tenant_id = $1`,
  bindings: `SELECT address, slot, kind, external_key AS "externalKey", external_id AS "externalId", last_applied AS "lastApplied"
    FROM binding WHERE tenant_id = $1`,
  audits: `SELECT tenant_id AS "tenantId", seq, at, actor, via, action, object, before_hash AS "beforeHash", after_hash AS "afterHash", reason,
    request_id AS "requestId", prev_hash AS "prevHash", hash, (written_in % 4294967296)::text AS tx FROM audit WHERE tenant_id = $1 ORDER BY seq`,
};

export async function readTables(source: Source, tenantId: string): Promise<Tables> {
  const names = Object.keys(QUERIES) as (keyof typeof QUERIES)[];
  const rows = await Promise.all(names.map((name) => source.rows<unknown>(QUERIES[name], [tenantId])));
  const [head] = await source.rows<NonNullable<Tables["head"]>>(
    "SELECT seq, hash FROM audit_head WHERE tenant_id = $1",
    [tenantId],
  );
  const read = Object.fromEntries(names.map((name, index) => [name, rows[index]]));
  return { ...read, head: head ?? null } as unknown as Tables;
}
