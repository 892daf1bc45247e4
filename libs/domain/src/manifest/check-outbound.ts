import { suggestion } from "./closest-name.ts";
import type { Manifest } from "./manifest.ts";
import type { ProblemList } from "./problem-list.ts";

/** What a lead tells leads to fields of the conversation. */
export function checkOutbound({ outbound, conversation }: Manifest, problems: ProblemList): void {
  const fields = conversation.fields.map(({ name }) => name);
  for (const [name, field] of Object.entries(outbound?.lead ?? {}))
    if (!fields.includes(field))
      problems.error(["outbound", "lead", name], {
        code: "dangling-field",
        summary: "A field that is referred to does not exist.",
        detail: `There is no field named \`${field}\`.`,
        fix: `Declare it, or write one of: ${fields.join(", ") || "(none declared)"}. ${suggestion(field, fields)}`.trim(),
      });
}
