import { z } from "zod";
import { InstantText } from "./json.ts";
import { pageOf } from "./page.ts";

export const RoleName = z.enum([
  "viewer",
  "author",
  "approver",
  "operator",
  "tenant-admin",
  "ci",
  "auditor",
  "platform-admin",
]);

export const CreateApiKey = z
  .strictObject({
    name: z.string().min(1).max(120),
    roles: z.array(RoleName).min(1),
    expiresInDays: z.int().min(1).max(365).default(90),
    tenantId: z.uuid().optional().describe("Platform administrators only: the tenant the key is for."),
  })
  .meta({ id: "CreateApiKey" });
export type CreateApiKey = z.infer<typeof CreateApiKey>;

export const ApiKey = z
  .object({
    keyId: z.string(),
    name: z.string(),
    roles: z.array(RoleName),
    createdAt: InstantText,
    expiresAt: InstantText,
    lastUsedAt: InstantText.nullable(),
    revokedAt: InstantText.nullable(),
  })
  .meta({ id: "ApiKey" });
export const ApiKeyPage = pageOf("ApiKeyPage", ApiKey);

/** The only answer that ever holds the key itself. */
export const CreatedApiKey = z
  .object({
    key: z.string().nullable().describe("Shown once: null when the request is repeated with its Idempotency-Key."),
    ...ApiKey.shape,
  })
  .meta({ id: "CreatedApiKey" });
