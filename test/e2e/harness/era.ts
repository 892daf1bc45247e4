import type { Office } from "./office.ts";
import { playbookFiles } from "./installation.ts";

/**
 * Publishes a version of the office's playbook whose only CRM group is the one of this era: the rollout after the next one finds
 * the group of two eras ago unneeded and retires it.
 */
export async function publishEra(office: Office, era: number): Promise<void> {
  const files = playbookFiles("after-hours-answering");
  const version = `${era + 1}.0.0`;
  const group = `  crm.property-group/era-${era}:
    owner: connection
    fields: { object: contacts, name: tandem_era_${era}, label: Era ${era} }
`;
  const breaks = `breakingChanges:
  - { since: ${version}, summary: Another group, migration: None needed }`;
  const manifest = (files["manifest.yaml"] ?? "")
    .replace(/^version: .*$/m, `version: ${version}`)
    .replace("  crm.property/call-reason:\n", (found) => group + found)
    .replace("breakingChanges: []", breaks);
  await office.api.post("/v1/manifests", { files: { ...files, "manifest.yaml": manifest } });
}
