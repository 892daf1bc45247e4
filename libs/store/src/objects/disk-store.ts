import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "@tandem/kernel";
import { isObjectKey, type ObjectStore } from "@tandem/ports/object-store";

let writes = 0;

/** Objects as files below a folder, each written whole or not at all. */
export function openDiskStore(folder: string): ObjectStore {
  return {
    put: (key, body) => telling("write", () => write(pathOf(folder, key), body)),
    get: (key) => telling("read", () => readOrNull(pathOf(folder, key))),
    remove: (key) => telling("remove", () => rm(pathOf(folder, key), { force: true })),
  };
}

/** Throws for a key that is none: a path never leaves the folder. */
function pathOf(folder: string, key: string): string {
  if (!isObjectKey(key)) throw new AppError("storage_unavailable", `${JSON.stringify(key)} is no key of an object`);
  return join(folder, key);
}

async function write(path: string, body: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.${(writes += 1)}.tmp`;
  try {
    const file = await open(temporary, "w", 0o600);
    try {
      await file.writeFile(body);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function readOrNull(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function telling<Result>(verb: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new AppError("storage_unavailable", `The folder of objects cannot ${verb} (${code})`, { retryable: true });
  }
}
