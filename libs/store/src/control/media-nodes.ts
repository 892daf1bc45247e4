import { AppError } from "@tandem/kernel";
import type { MediaNodeRequests, MediaNodeStanding } from "@tandem/ports/store/media-nodes";
import { instantOf, type Timestamp } from "../rows/instant.ts";
import { type ControlContext, cursorText, pageSize, requirePlatform, toPage, UUID } from "./context.ts";
import { plainChange } from "./plain-change.ts";

interface MediaNodeRow {
  id: string;
  name: string;
  region: string;
  looked_at: Timestamp;
  silent_ms: number;
}

const SILENT_MS = "greatest(0, extract(epoch FROM clock_timestamp() - looked_at) * 1000)::float8";
const LIST = `
  SELECT id, name, region, looked_at, ${SILENT_MS} AS silent_ms FROM media_node
  WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2`;
const BY_ID = `SELECT id, name, region, looked_at, ${SILENT_MS} AS silent_ms FROM media_node WHERE id = $1`;
// A node polls once a second: one that was heard of within ten is alive.
const FORGET = "DELETE FROM media_node WHERE id = $1 AND looked_at < clock_timestamp() - interval '10 seconds'";

export function mediaNodeMethods(context: ControlContext): MediaNodeRequests {
  return {
    mediaNodes: async (actor, page) => {
      requirePlatform(actor);
      const after = cursorText(page, UUID);
      const rows = await plainChange(context, actor, ({ sql }) =>
        sql.rows<MediaNodeRow>(LIST, [after, pageSize(page)]),
      );
      return toPage(rows, page, standingOf, ({ id }) => id);
    },
    forgetMediaNode: async (actor, nodeId, reason) => {
      requirePlatform(actor);
      await plainChange(context, actor, async ({ sql, audit }) => {
        const row = UUID.test(nodeId) ? await sql.row<MediaNodeRow>(BY_ID, [nodeId]) : null;
        if (row === null) throw new AppError("not_found", "There is no such media node.", { details: { nodeId } });
        const standing = standingOf(row);
        if ((await sql.run(FORGET, [nodeId])) === 0)
          throw new AppError("conflict", "The media node answers calls: stop it first.", { details: { ...standing } });
        audit({ action: "media-node.forgotten", object: `media-node/${nodeId}`, before: { ...standing }, reason });
      });
    },
  };
}

const standingOf = (row: MediaNodeRow): MediaNodeStanding => ({
  id: row.id,
  name: row.name,
  region: row.region,
  lookedAt: instantOf(row.looked_at),
  silentMs: Math.round(row.silent_ms),
});
