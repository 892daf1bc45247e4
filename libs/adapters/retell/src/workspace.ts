import { type Clock, instant, type JsonObject, Secret, VendorError } from "@tandem/kernel";
import type { ConnectionContext } from "@tandem/ports/adapter";
import type { VendorObject } from "@tandem/ports/vendor-resources";
import { type VendorCalls, vendorCalls } from "@tandem/ports/vendor-call";
import { openRetellClient, type Retell } from "./client.ts";
import { RetellConfig } from "./descriptor.ts";
import { readFailure } from "./errors.ts";

/** An opened workspace: how every port reaches it. */
export interface RetellWorkspace {
  readonly sdk: Retell;
  readonly calls: VendorCalls;
  readonly clock: Clock;
}

/** Opens the workspace of a connection. Throws a ZodError for a config that the descriptor's schema refuses. */
export async function openWorkspace(context: ConnectionContext): Promise<RetellWorkspace> {
  RetellConfig.parse(context.config);
  const apiKey = context.secrets["apiKey"] ?? new Secret("");
  const { clock, deadlineMs, baseUrl } = context;
  return {
    sdk: await openRetellClient({ apiKey, baseUrl, deadlineMs }),
    calls: vendorCalls({
      vendor: "retell",
      clock,
      deadlineMs,
      readFailure,
      hidden: () => Object.values(context.secrets).map((secret) => secret.reveal()),
    }),
    clock,
  };
}

/** Null instead of the error when Retell does not know the object. */
export async function unlessMissing<Answer>(work: Promise<Answer>): Promise<Answer | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof VendorError && error.facts.fault === "not-found") return null;
    throw error;
  }
}

/** A vendor object as seen now. */
export const seenNow = (
  { clock }: RetellWorkspace,
  object: Omit<VendorObject, "readAt" | "fields"> & { readonly fields: JsonObject },
): VendorObject => ({ ...object, readAt: instant(clock.now()) });

/** A refusal of ours: nothing was sent. */
export const refusal = (operation: string, message: string): VendorError =>
  new VendorError(`retell ${operation}: ${message}`, { vendor: "retell", operation, fault: "invalid", effect: "none" });

const PAGE_SIZE = 100;
const MOST_PAGES = 100;

/** Reads every page of a v2 list; `complete` is false when the end was not reached. */
export async function everyPage<Item>(
  readPage: (query: { limit: number; pagination_key?: string }) => Promise<{
    readonly items: readonly Item[];
    readonly has_more: boolean;
    readonly pagination_key?: string | null | undefined;
  }>,
): Promise<{ items: readonly Item[]; complete: boolean }> {
  const items: Item[] = [];
  let key: string | undefined;
  for (let count = 0; count < MOST_PAGES; count++) {
    const page = await readPage({ limit: PAGE_SIZE, ...(key === undefined ? {} : { pagination_key: key }) });
    items.push(...page.items);
    if (!page.has_more) return { items, complete: true };
    if (page.pagination_key === null || page.pagination_key === undefined) break;
    key = page.pagination_key;
  }
  return { items, complete: false };
}
