import { createHash } from "node:crypto";
import { realpath, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "@tandem/kernel";

/** Holds a folder for this process alone: two nodes on one spool would overwrite each other's events. */
export interface FolderLock {
  release(): Promise<void>;
}

/** Takes the folder; throws `config_invalid` when a living process has it. What a killed process left behind does not hold it. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const address = addressOf(await realpath(folder));
  const server = (await bind(address)) ?? (await bindAgain(address));
  if (server === null) {
    throw new AppError("config_invalid", `Another media node uses ${folder}: give each its own TANDEM_MEDIA_DATA_DIR`);
  }
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** A socket is freed by the system when its process ends, however it ends; its path must be short. */
function addressOf(folder: string): string {
  const name = `tandem-media-${createHash("sha256").update(folder).digest("hex").slice(0, 20)}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

/** Null when something is bound there already. */
const bind = (address: string): Promise<Server | null> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(null) : reject(error),
    );
    server.listen(address, () => resolve(server));
  });

/** A socket file that nobody answers on is a leftover. */
async function bindAgain(address: string): Promise<Server | null> {
  const isAlive = await new Promise<boolean>((resolve) => {
    const socket = connect(address, () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
  if (isAlive) return null;
  await rm(address, { force: true });
  return bind(address);
}
