import { useQuery } from "@tanstack/react-query";
import { read } from "./query.ts";

/** What the installation knows of vendors; it changes with a version of Tandem only. */
export function useVendors(tenant: string) {
  const vendors = useQuery({ ...read("/v1/vendors", { tenant }), staleTime: Number.POSITIVE_INFINITY });
  return { vendors, titleOf: (id: string) => vendors.data?.items.find((each) => each.id === id)?.title ?? id };
}
