import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { readIfPresent, writeAtomically } from "../disk/atomic-file.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Identity of a node: that of its data folder, where what it knows lies. It is made once. Names are people's, and two nodes may bear the same
 * one by mistake.
 */
export async function nodeIdOf(dataDir: string): Promise<string> {
  const path = join(dataDir, "node-id");
  const known = (await readIfPresent(path))?.trim() ?? "";
  if (UUID.test(known)) return known;
  const made = randomUUID();
  await writeAtomically(path, `${made}\n`);
  return made;
}
