import { type Diagnostic, hasErrors } from "@tandem/kernel";
import { checkConversation } from "./check-conversation.ts";
import { checkOutbound } from "./check-outbound.ts";
import { checkResources } from "./check-resources.ts";
import { checkSamples } from "./check-samples.ts";
import { checkSmoke } from "./check-smoke.ts";
import { checkTools } from "./check-tools.ts";
import { checkTemplates } from "./check-templates.ts";
import type { Manifest } from "./manifest.ts";
import { type Locate, ProblemList } from "./problem-list.ts";

/** What the schema cannot say: names that agree, templates that mean something, a conversation that can be walked to its end. */
export function checkManifest(manifest: Manifest, locate?: Locate): readonly Diagnostic[] {
  const problems = new ProblemList(locate);
  checkConversation(manifest, problems);
  checkOutbound(manifest, problems);
  checkResources(manifest, problems);
  checkTools(manifest, problems);
  checkSmoke(manifest, problems);
  checkTemplates(manifest, problems);
  if (!hasErrors(problems.diagnostics)) checkSamples(manifest, problems, locate);
  return problems.diagnostics;
}
