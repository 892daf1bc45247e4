import { z } from "zod";

export const WireGroup = z.object({ name: z.string(), label: z.string(), archived: z.boolean().optional() });
export type WireGroup = z.infer<typeof WireGroup>;
export const WireGroups = z.object({ results: z.array(WireGroup) });

export const WireProperty = z.object({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  fieldType: z.string(),
  groupName: z.string(),
  description: z.string().optional(),
  hasUniqueValue: z.boolean().optional(),
  archived: z.boolean().optional(),
  options: z.array(
    z.object({
      label: z.string(),
      value: z.string(),
      displayOrder: z.number().optional(),
      hidden: z.boolean().optional(),
    }),
  ),
});
export type WireProperty = z.infer<typeof WireProperty>;
export const WireProperties = z.object({ results: z.array(WireProperty) });

export const WirePipeline = z.object({
  id: z.string(),
  label: z.string(),
  displayOrder: z.number(),
  archived: z.boolean().optional(),
  stages: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      displayOrder: z.number(),
      archived: z.boolean().optional(),
      /** Texts only are what HubSpot takes back; anything else it shows is not ours to keep. */
      metadata: z
        .record(z.string(), z.unknown())
        .transform((all) =>
          Object.fromEntries(
            Object.entries(all).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
          ),
        )
        .optional(),
    }),
  ),
});
export type WirePipeline = z.infer<typeof WirePipeline>;

export const WireRecord = z.object({ id: z.string(), properties: z.record(z.string(), z.string().nullish()) });
export type WireRecord = z.infer<typeof WireRecord>;
export const WireRecords = z.object({ results: z.array(WireRecord) });
export const WireAssociated = z.object({ results: z.array(z.object({ toObjectId: z.string() })) });

export const WireTokenInfo = z.object({ hubId: z.number(), appId: z.number().optional(), scopes: z.array(z.string()) });

/** The error body: {status, message, correlationId, category, …}; of a 429 also `policyName`. */
export const WireError = z.object({
  message: z.string().optional(),
  category: z.string().optional(),
  correlationId: z.string().optional(),
  policyName: z.string().optional(),
  errors: z
    .array(z.object({ message: z.string().optional(), context: z.record(z.string(), z.array(z.string())).optional() }))
    .optional(),
});
