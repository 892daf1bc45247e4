/** A file that somebody chose, with its path inside of the chosen folder. */
interface ChosenFile {
  readonly name: string;
  readonly webkitRelativePath: string;
  text(): Promise<string>;
}

/** What of a folder belongs to a playbook, and what names it. */
export interface PlaybookFolder {
  /** Path in the playbook → text. */
  readonly files: Readonly<Record<string, string>>;
  /** As the manifest says; null when it does not. */
  readonly name: string | null;
  readonly version: string | null;
}

const isPart = (path: string): boolean => path === "manifest.yaml" || /^(prompts\/.+\.md|smoke\/.+\.yaml)$/.test(path);

/** Reads the chosen folder; null when there is no `manifest.yaml` at its top. Files that are no part of a playbook are left out. */
export async function readPlaybookFolder(chosen: readonly ChosenFile[]): Promise<PlaybookFolder | null> {
  const parts = chosen.map((file) => ({ file, path: pathOf(file) })).filter(({ path }) => isPart(path));
  const texts = await Promise.all(parts.map(async ({ file, path }) => [path, await file.text()] as const));
  const files = Object.fromEntries(texts.toSorted(([left], [right]) => (left < right ? -1 : 1)));
  const manifest = files["manifest.yaml"];
  if (manifest === undefined) return null;
  return { files, name: memberOf(manifest, "name"), version: memberOf(manifest, "version") };
}

/** Without the name of the chosen folder. */
const pathOf = ({ name, webkitRelativePath }: ChosenFile): string =>
  webkitRelativePath === "" ? name : webkitRelativePath.split("/").slice(1).join("/");

const memberOf = (yaml: string, member: string): string | null =>
  new RegExp(`^${member}:\\s*["']?([^"'#\\s]+)`, "m").exec(yaml)?.[1] ?? null;
