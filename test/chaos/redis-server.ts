import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createConnection } from "node:net";
import { findFreePort } from "../../tools/embedded-postgres.mjs";

/** True when this machine has a `redis-server`. */
export const hasRedis = (): boolean => spawnSync("redis-server", ["--version"]).status === 0;

/** A Redis of the run's own, without persistence: what it holds may be lost at any moment. */
export class RedisServer {
  readonly port: number;
  #child: ChildProcess | undefined;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(): Promise<RedisServer> {
    const redis = new RedisServer((await findFreePort(24_000 + (process.pid % 6000))) as number);
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"];
    const child = spawn("redis-server", ["--port", String(this.port), ...options], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.#child = child;
    process.once("exit", () => child.kill("SIGKILL")); // it does not outlive the run
    let log = "";
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    child.once("exit", () => reject(new Error(`redis-server ended: ${log}`)));
    child.stdout?.on("data", (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes("Ready to accept connections")) resolve();
    });
    await promise;
  }

  /** Everything in it is gone: jobs, locks, the lot. */
  async flush(): Promise<void> {
    const socket = createConnection(this.port, "127.0.0.1");
    socket.write("FLUSHALL\r\n");
    await once(socket, "data");
    socket.destroy();
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
}
