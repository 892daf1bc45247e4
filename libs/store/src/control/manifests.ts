import { compareVersions } from "@tandem/domain/manifest";
import { AppError, type Json } from "@tandem/kernel";
import type { ControlStore, ManifestVersion } from "@tandem/ports/store/control";
import type { TenantTransaction } from "../database/tenant-db.ts";
import type { ManifestVersion as ManifestRecord } from "../generated/client.ts";
import { PLATFORM_TENANT_ID } from "../platform.ts";
import { change, type ControlContext, cursorText, pageSize, read, tenantOf, toPage, UUID } from "./context.ts";

const HASH = /^[0-9a-f]{64}$/;

type Listed = Omit<ManifestRecord, "content" | "source">;

const listedOf = (record: Listed): Omit<ManifestVersion, "content"> => ({
  hash: record.hash,
  playbook: record.playbook,
  version: record.version,
  publishedAt: record.publishedAt.toISOString(),
  publishedBy: record.publishedBy,
  isLibrary: record.tenantId === PLATFORM_TENANT_ID,
});
const manifestOf = (record: ManifestRecord): ManifestVersion => ({
  ...listedOf(record),
  content: record.content as Json,
});

export function manifestMethods(
  context: ControlContext,
): Pick<ControlStore, "publishManifest" | "listManifests" | "manifest"> {
  return {
    publishManifest: async (actor, { hash, playbook, version, content, source }) => {
      const tenantId = tenantOf(actor);
      return change(context, actor, async ({ transaction, sql, audit }) => {
        // Publishing the same content again is not an error, also when two do it at once.
        const added = await sql.run(PUBLISH, [
          tenantId,
          context.options.newId(),
          hash,
          playbook,
          version,
          JSON.stringify(content),
          source,
          actor.subject,
        ]);
        const record = await transaction.manifestVersion.findFirst({
          where: { tenantId, OR: [{ playbook, version }, { hash }] },
        });
        if (record === null || record.hash !== hash) throw published(playbook, version);
        if (added > 0)
          audit({ action: "manifest.published", object: `manifest/${hash}`, after: { playbook, version, hash } });
        return manifestOf(record);
      });
    },
    listManifests: async (actor, playbook, page) => {
      const before = cursorText(page, UUID);
      const rows = await read(context, actor, (transaction) =>
        transaction.manifestVersion.findMany({
          where: { ...(playbook !== null && { playbook }), ...(before !== null && { id: { lt: before } }) },
          omit: { content: true, source: true },
          orderBy: { id: "desc" },
          take: pageSize(page),
        }),
      );
      return toPage(rows, page, listedOf, (row) => row.id);
    },
    manifest: async (actor, reference) =>
      read(context, actor, async (transaction) => {
        const found = await findManifest(transaction, tenantOf(actor), reference);
        return found === null ? null : manifestOf(found);
      }),
  };
}

const PUBLISH = `
  INSERT INTO manifest_version (tenant_id, id, hash, playbook, version, content, source, published_by)
  VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6::jsonb, $7, $8) ON CONFLICT DO NOTHING`;

const published = (playbook: string, version: string) =>
  new AppError("version_published", `${playbook}@${version} is published with other content.`, {
    details: { playbook, version },
  });

/** A tenant's own version comes before the library's of the same name and number. */
async function findManifest(
  transaction: TenantTransaction,
  tenantId: string,
  reference: string,
): Promise<ManifestRecord | null> {
  const [playbook = "", version] = reference.split("@");
  const wanted = HASH.test(reference) ? { hash: reference } : { playbook, ...(version !== undefined && { version }) };
  const candidates = await transaction.manifestVersion.findMany({
    where: wanted,
    select: { tenantId: true, id: true, version: true },
    orderBy: { id: "desc" },
  });
  const isOwn = (each: { tenantId: string }) => Number(each.tenantId === tenantId);
  const [best] = candidates.toSorted((a, b) => compareVersions(b.version, a.version) || isOwn(b) - isOwn(a));
  return best === undefined
    ? null
    : transaction.manifestVersion.findUnique({ where: { tenantId_id: { tenantId: best.tenantId, id: best.id } } });
}
