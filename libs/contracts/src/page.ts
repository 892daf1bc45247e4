import { z } from "zod";

/** A whole number in a query, as digits: `Number` alone would take `0x10` and blanks, too. */
export const queryInteger = (least: number, most: number = Number.MAX_SAFE_INTEGER) =>
  z.preprocess(
    (text) => (typeof text === "string" && /^-?\d{1,16}$/.test(text) ? Number(text) : text),
    z.int().min(least).max(most),
  );

/** Query of every list. No `.meta({ id })`: a query schema with an id would vanish from the OpenAPI document. */
export const PageQuery = z.strictObject({
  limit: queryInteger(1, 200).default(50).describe("Most items in the answer."),
  cursor: z.string().max(512).optional().describe("`next` of the page before."),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** One page: items and the cursor of the next page, null at the end. */
export const pageOf = <Item extends z.ZodType>(id: string, item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() }).meta({ id });
