import { z } from "zod";

/** RFC 9457 problem document. `code` is stable; see docs/errors.md. */
export const Problem = z.object({
  type: z.string().describe("URI of the code's description."),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  fix: z.string().describe("What to do next."),
  instance: z.string().describe("Trace id of the request."),
  errors: z
    .array(
      z.object({
        path: z.string().describe("JSON pointer or document path."),
        message: z.string(),
        line: z.int().optional().describe("Of YAML that was sent, from 1."),
        column: z.int().optional(),
      }),
    )
    .optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type Problem = z.infer<typeof Problem>;
