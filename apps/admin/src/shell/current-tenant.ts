import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { type BrowserSession, tenantQuery, useSession } from "./session.ts";

const KEY = "tandem.tenant";

/** Slug of the tenant that the page is about: by its address, else the one of last time, else the first; null for whoever belongs to none. */
export function useCurrentTenant(): string | null {
  const { tenant: ofPath } = useParams({ strict: false });
  const { tenant: ofSearch } = useSearch({ strict: false });
  const { tenants } = useSession();
  const named = ofPath ?? ofSearch ?? null;
  useEffect(() => {
    if (named !== null) localStorage.setItem(KEY, named);
  }, [named]);
  return named ?? lastOf(tenants) ?? tenants.items[0]?.slug ?? null;
}

/** The tenant of last time; null for one that is not among the person's: somebody else was here. */
function lastOf({ items, next }: BrowserSession["tenants"]): string | null {
  const last = localStorage.getItem(KEY);
  return next !== null || items.some(({ slug }) => slug === last) ? last : null;
}

/** In which zone the tenant's times are read, IANA; null while that is not known, and where nothing names one. */
export const useTenantZone = (slug: string | null): string | null =>
  useQuery({ ...tenantQuery(slug ?? ""), enabled: slug !== null }).data?.timeZone ?? null;

/** What people call the tenant; its slug while that is not known. */
export const useTenantName = (slug: string): string => useQuery(tenantQuery(slug)).data?.name ?? slug;
