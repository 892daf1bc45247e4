import type { Schemas } from "../../api/generated/schema.ts";

export type Playbook = Schemas["Playbook"];
export type Versions = Schemas["PlaybookVersions"];
export type Version = Versions["versions"][number];
export type Comparison = Schemas["ManifestComparison"];
export type Diagnostic = Schemas["Validation"]["diagnostics"][number];

/** The two versions to compare: those asked for where they exist, else the newest with the one before it; null with fewer than two. */
export function comparedPair(
  versions: readonly Version[],
  from: string | undefined,
  to: string | undefined,
): { readonly from: string; readonly to: string } | null {
  const known = versions.map(({ version }) => version);
  const [newest, before] = known;
  if (newest === undefined || before === undefined) return null;
  const after = to !== undefined && known.includes(to) ? to : newest;
  const next = known[known.indexOf(after) + 1] ?? before;
  const older = from !== undefined && known.includes(from) && from !== after ? from : next;
  return { from: older === after ? newest : older, to: after };
}

type Change = Comparison["changes"][number];

/** Places that differ, by the member of the manifest they are in; what only counts up with every version is left out. */
export function changesBySection(changes: readonly Change[]): { section: string; changes: readonly Change[] }[] {
  const told = changes.filter(({ section }) => section !== "version");
  return [...Map.groupBy(told, ({ section }) => section)].map(([section, own]) => ({ section, changes: own }));
}
