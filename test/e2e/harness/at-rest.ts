import { openControlStore } from "@tandem/store";
import { expect } from "vitest";
import type { Installation } from "./installation.ts";
import { eventually } from "./patience.ts";

/** What a worker has taken to send is offered again half a minute after its death. */
const CLAIMED_MS = 60_000;

/** What must hold once nothing moves any more, however often a process died: nothing owed, nothing held, every audit chain whole. */
export async function expectAtRest(installation: Installation): Promise<void> {
  await eventually(
    "every message of the outbox is sent",
    async () => {
      const [left] = await installation.rows<{ count: number }>(
        "SELECT count(*)::int AS count FROM outbox WHERE sent_at IS NULL",
      );
      return left?.count === 0 ? true : undefined;
    },
    CLAIMED_MS,
  );
  await eventually("no lease is held", async () => {
    const [held] = await installation.rows<{ count: number }>(
      "SELECT count(*)::int AS count FROM deployment WHERE lease_owner IS NOT NULL AND lease_until > now()",
    );
    return held?.count === 0 ? true : undefined;
  });
  const twice = await installation.rows(
    "SELECT external_key, count(DISTINCT external_id) FROM binding WHERE external_id IS NOT NULL GROUP BY tenant_id, external_key HAVING count(DISTINCT external_id) > 1",
  );
  expect(twice).toEqual([]);
  const tenants = await installation.rows<{ id: string }>("SELECT id FROM tenant");
  const store = openControlStore({ url: installation.databases.appUrl, applicationName: "tandem-e2e" });
  try {
    for (const { id } of tenants) {
      const actor = { tenantId: id, subject: "system:test", roles: ["auditor"], via: "api", requestId: "e2e" } as const;
      expect(await store.verifyAudit(actor), `audit of tenant ${id}`).toMatchObject({ intact: true, brokenAt: null });
    }
  } finally {
    await store.close();
  }
}
