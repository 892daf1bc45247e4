import type { ConnectionVoiceReads, KnownVoices } from "@tandem/ports/store/connection-voices";
import type { ControlStore } from "@tandem/ports/store/control";
import type { Json } from "@tandem/kernel";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import { type ControlContext, inActorsTenant, requireTenant, UUID } from "./context.ts";

type Look = NonNullable<KnownVoices["look"]>;

interface VoicesRow {
  readonly check_id: string | null;
  readonly state: Look["state"];
  readonly created_at: Timestamp;
  readonly code: string | null;
  readonly detail: string | null;
  readonly result: Json;
  readonly answered_at: Timestamp | null;
}

const NEWEST = "FROM command WHERE tenant_id = k.tenant_id AND subject_id = k.id AND kind = 'list-voices'";
const VOICES = `
  SELECT l.id AS check_id, l.state, l.created_at, l.code, l.detail, a.result, a.finished_at AS answered_at
  FROM connection k
  LEFT JOIN LATERAL (SELECT id, state, created_at, code, detail ${NEWEST} ORDER BY id DESC LIMIT 1) l ON true
  LEFT JOIN LATERAL (SELECT result, finished_at ${NEWEST} AND state = 'done' ORDER BY id DESC LIMIT 1) a ON true
  WHERE k.tenant_id = $1 AND k.id = $2`;

const knownOf = (row: VoicesRow): KnownVoices => ({
  answer: row.answered_at === null ? null : { result: row.result, at: instantOf(row.answered_at) },
  look:
    row.check_id === null
      ? null
      : {
          checkId: row.check_id,
          state: row.state,
          askedAt: instantOf(row.created_at),
          code: row.code,
          detail: row.detail,
        },
});

/** Voices of a connection's account as workers have read them. */
export function connectionVoiceMethods(context: ControlContext): Pick<ControlStore, keyof ConnectionVoiceReads> {
  return {
    connectionVoices: async (actor, connectionId) => {
      if (!UUID.test(connectionId)) return null;
      const row = await inActorsTenant(context, actor, (sql) =>
        sql.row<VoicesRow>(VOICES, [requireTenant(actor), connectionId]),
      );
      return row === null ? null : knownOf(row);
    },
  };
}
