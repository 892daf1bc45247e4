import type { Server } from "node:http";
import type { SandboxVendor } from "@tandem/ports/sandbox";
import { SandboxControl } from "./control.ts";
import { controlServer } from "./control-server.ts";
import { listen, shut } from "./http.ts";
import { dropSockets, serveSockets, type SocketTap } from "./sockets.ts";
import { SandboxState } from "./state.ts";
import { type Tap, vendorServer } from "./vendor-server.ts";

export interface SandboxOptions {
  readonly vendors: readonly SandboxVendor[];
  /** Folder of tables and ledger; null keeps them in memory. */
  readonly dataDir: string | null;
  /** Vendor name → port; absent or 0 takes a free one. */
  readonly ports?: Readonly<Record<string, number>>;
  /** 0 takes a free one (the default). */
  readonly controlPort?: number;
  readonly host?: string;
  /** Sees every exchange; for conformance tests. */
  readonly tap?: Tap;
  /** Sees every frame of every WebSocket; for conformance tests. */
  readonly socketTap?: SocketTap;
  /** Seeds the chances of fault scripts. */
  readonly seed?: number;
}

export interface RunningSandbox {
  /** Vendor name → origin, e.g. `http://127.0.0.1:4701`. */
  readonly origins: Readonly<Record<string, string>>;
  readonly controlOrigin: string;
  readonly control: SandboxControl;
  close(): Promise<void>;
}

/**
 * Starts one HTTP server per vendor and the control server. Rejects when a port is taken; nothing is left listening then, and the
 * data of the sandbox that has the port is not touched: the files are opened only once every port is ours.
 */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const { vendors, host = "127.0.0.1", ports = {}, controlPort = 0 } = options;
  const opening = Promise.withResolvers<SandboxState>();
  opening.promise.catch(() => {});
  const servers: Server[] = [];
  const open = async (server: Server, port: number): Promise<string> => {
    const origin = await listen(server, host, port);
    servers.push(server);
    return origin;
  };
  const origins = new Map<string, string>();
  let state: SandboxState | undefined;
  try {
    for (const vendor of vendors)
      origins.set(vendor.name, await open(serverOf(vendor, opening.promise, options), ports[vendor.name] ?? 0));
    const controlOrigin = await open(controlServer(opening.promise), controlPort);
    state = new SandboxState(vendors, { dataDir: options.dataDir, origins, random: seededRandom(options.seed ?? 1) });
    state.seed();
    opening.resolve(state);
    return {
      origins: Object.fromEntries(origins),
      controlOrigin,
      control: new SandboxControl(controlOrigin),
      close: () => closeAll(servers, state),
    };
  } catch (error) {
    opening.reject(error);
    await closeAll(servers, state);
    throw error;
  }
}

function serverOf(vendor: SandboxVendor, opening: Promise<SandboxState>, options: SandboxOptions): Server {
  const server = vendorServer(vendor, opening, options.tap);
  serveSockets(server, vendor, opening, options.socketTap);
  return server;
}

async function closeAll(servers: readonly Server[], state: SandboxState | undefined): Promise<void> {
  servers.forEach(dropSockets);
  await Promise.all(servers.map(shut));
  state?.close();
}

/** A small repeatable generator of numbers in [0, 1). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
