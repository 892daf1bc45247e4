import { z } from "zod";

/** A reference to another resource of the same bundle, as fields hold it until an operation resolves it. */
export const Reference = z.strictObject({ $ref: z.string().min(1), part: z.enum(["externalId", "version"]) });

/** A managed field that may also be a reference while a plan is made. */
export const referenceOr = <Schema extends z.ZodType>(schema: Schema) => z.union([schema, Reference]);
