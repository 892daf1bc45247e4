import { z } from "zod";

/** Query of every list. No `.meta({ id })`: a query schema with an id would vanish from the OpenAPI document. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe("Most items in the answer."),
  cursor: z.string().max(512).optional().describe("`next` of the page before."),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** One page: items and the cursor of the next page, null at the end. */
export const pageOf = <Item extends z.ZodType>(id: string, item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() }).meta({ id });
