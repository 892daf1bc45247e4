import type { ControlStore } from "@tandem/ports/store/control";
import type { OverviewScope } from "@tandem/ports/store/overview";

interface Known {
  readonly slugs: Promise<ReadonlyMap<string, string>>;
  readonly readAtMs: number;
}

/** How long what was read is believed: a membership that ends is in force after this time. */
const BELIEVED_MS = 900;
const MOST_KNOWN = 2_000;

/** Which tenants somebody sees, read at most once a second for all of their streams. */
export class VisibleTenants {
  private readonly known = new Map<string, Known>();

  constructor(private readonly store: ControlStore) {}

  /** Id → slug. */
  async of(scope: OverviewScope): Promise<ReadonlyMap<string, string>> {
    const whose = scope.kind === "tenant" ? scope.tenantId : scope.personId;
    const now = performance.now();
    const known = this.known.get(whose);
    if (known !== undefined && now - known.readAtMs < BELIEVED_MS) return known.slugs;
    const slugs = this.store
      .visibleTenants(scope)
      .then((tenants) => new Map(tenants.map(({ id, slug }) => [id, slug] as const)));
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.set(whose, { slugs, readAtMs: now });
    return slugs;
  }
}
