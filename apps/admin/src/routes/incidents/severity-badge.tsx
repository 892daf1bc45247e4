import { Badge } from "../../ui/badge.tsx";
import { type Severity, severityMeanings, severityWords } from "./words.ts";

export const SeverityBadge = ({ severity }: { readonly severity: Severity }) => (
  <span title={severityMeanings[severity]}>
    <Badge tone={severity === "sev-1" ? "bad" : "warn"}>{severityWords[severity]}</Badge>
  </span>
);
