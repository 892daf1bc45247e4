import { Slug } from "@tandem/domain/tenant";
import { z } from "zod";
import { InstantText } from "./json.ts";
import { pageOf } from "./page.ts";

export const CreateTenant = z
  .strictObject({ slug: Slug, name: z.string().min(1).max(120) })
  .meta({ id: "CreateTenant" });
export type CreateTenant = z.infer<typeof CreateTenant>;

export const Tenant = z
  .object({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    status: z.enum(["active", "suspended", "offboarding", "offboarded"]),
    createdAt: InstantText,
  })
  .meta({ id: "Tenant" });
export const TenantPage = pageOf("TenantPage", Tenant);
