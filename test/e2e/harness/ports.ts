import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "../../../tools/embedded-postgres.mjs";

const FIRST = 9000;
const BLOCK = 100;
const BLOCKS = 60;
/** A file for each block that is taken, with the process that has it. */
const FOLDER = join(tmpdir(), "tandem-test-ports");

let next: number | undefined;

/**
 * A port on which nobody listens, out of a block that this process has to itself: what only finds a port free shares it with whoever looked at
 * the same moment, and then asks somebody else's API.
 */
export async function claimPort(): Promise<number> {
  next ??= FIRST + claimBlock() * BLOCK;
  const port = (await findFreePort(next)) as number;
  next = port + 1;
  if ((next - FIRST) % BLOCK === 0) next = undefined;
  return port;
}

function claimBlock(): number {
  mkdirSync(FOLDER, { recursive: true });
  const start = process.pid % BLOCKS;
  for (let tries = 0; tries < BLOCKS; tries += 1) {
    const block = (start + tries) % BLOCKS;
    const file = join(FOLDER, String(block));
    if (!mayHave(file)) continue;
    process.once("exit", () => rmSync(file, { force: true }));
    return block;
  }
  throw new Error(`All ${BLOCKS} blocks of ports are taken by other test runs. Fix: end them, or remove ${FOLDER}.`);
}

function mayHave(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if (isAlive(Number(readFileSync(file, "utf8")))) return false;
    rmSync(file, { force: true });
    return mayHave(file);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
