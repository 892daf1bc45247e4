import type { Inventory } from "../history/event.ts";
import type { MemoryDatabase } from "../store/memory-database.ts";
import type { VendorWorld } from "../vendors/vendor-world.ts";
import { canaryOf } from "./places.ts";

/** What there is now: the tables as a reader of the database sees them, the objects as the vendors have them. */
const inventoryOf = (database: MemoryDatabase, world: VendorWorld): Inventory => ({
  deployments: [...database.deployments.values()].map((state) => ({
    tenantId: state.deployment.tenantId,
    deploymentId: state.deployment.id,
    pointer: state.pointer,
    slots: state.slots,
    attachment: state.attachment,
    bindings: state.bindings,
    rollouts: state.rollouts,
    steps: Object.values(state.steps).flat(),
  })),
  objects: world.present(),
  auditHeads: { ...database.audit.heads },
});

/** Notes the beginning or the end of a run. `accounts`: tenant id → its vendor account. */
export function noteInventory(
  kind: "opened" | "closed",
  database: MemoryDatabase,
  world: VendorWorld,
  accounts: Readonly<Record<string, string>>,
): void {
  database.history.note({
    kind,
    inventory: inventoryOf(database, world),
    accounts,
    canaries: Object.values(accounts).map(canaryOf),
  });
}
