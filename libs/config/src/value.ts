import { Secret } from "@tandem/kernel";
import { z } from "zod";

/** Text that must not be empty. */
export const text = z.string().min(1, "must not be empty");

/** A secret; never printed. */
export const secret = text.transform((value) => new Secret(value));

/** A whole number within bounds. */
export const integer = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d+$/, "must be a whole number")
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be between ${minimum} and ${maximum}`);

/** A share, 0 to 1. */
export const ratio = z
  .string()
  .regex(/^\d+(\.\d+)?$/, "must be a number")
  .transform(Number)
  .refine((value) => value <= 1, "must be between 0 and 1");

/** A TCP port. */
export const port = integer(0, 65_535);

/** A duration in milliseconds. */
export const durationMs = integer(1, 30 * 24 * 3_600_000);

/** An absolute http(s) URL without a trailing slash. */
export const url = z
  .url({ protocol: /^https?$/, error: "must be an http or https URL" })
  .transform((value) => value.replace(/(?<!\/)\/+$/, ""));

/** A PostgreSQL URL. */
export const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, "must be a postgresql:// URL");

/** Absent when the text is empty. */
export const optional = <Value>(schema: z.ZodType<Value, string>) =>
  z.string().transform((value, context): Value | null => {
    if (value === "") return null;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    context.issues.push(
      ...parsed.error.issues.map((issue) => ({ code: "custom" as const, message: issue.message, input: value })),
    );
    return null;
  });

/** A JSON document of a given shape. */
export const json = <Value>(schema: z.ZodType<Value>) =>
  z.string().transform((value, context): Value => {
    try {
      const parsed = schema.safeParse(JSON.parse(value));
      if (parsed.success) return parsed.data;
      context.issues.push({ code: "custom", message: "has another shape than documented", input: null });
    } catch {
      context.issues.push({ code: "custom", message: "must be JSON", input: null });
    }
    return z.NEVER;
  });

export const flag = z.enum(["true", "false"], "must be true or false").transform((value) => value === "true");
