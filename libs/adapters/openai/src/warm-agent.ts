import type { Agent } from "node:http";
import type { LookupFunction, Socket } from "node:net";

/** Where a connection leads. */
export interface Destination {
  readonly host: string;
  readonly port: number;
}

/** What the agent was made with. `timeout`: how long a connection is kept unused, milliseconds. */
export interface PoolOptions {
  readonly keepAlive: true;
  readonly noDelay: true;
  readonly timeout: number;
  readonly lookup?: LookupFunction;
}

/** Opens a connection in the background, unless one is at hand: the next request then need not wait for it. */
export type Prepare = (destination: Destination) => void;

/**
 * Lets an agent have one connection for each destination ahead of the request that will need it: a completion that is cancelled takes its
 * own along. A connection that nobody takes in time is closed; one that fails is forgotten, and the request that needs one tells.
 */
export function openAhead(agent: Agent, pool: PoolOptions): Prepare {
  const spares = new Map<string, Socket>();
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, told) => take(spares, `${options.host}:${options.port}`) ?? connect(options, told);
  return ({ host, port }) => {
    const options = { ...pool, host, port, servername: host };
    const key = `${host}:${port}`;
    const kept = agent.freeSockets[agent.getName(options)] ?? [];
    if (spares.has(key) || kept.some(({ destroyed }) => !destroyed)) return;
    const socket = connect(options);
    if (socket === null || socket === undefined) return;
    keep(spares, key, socket as Socket, pool.timeout);
  };
}

function keep(spares: Map<string, Socket>, key: string, socket: Socket, idleMs: number): void {
  const isKept = (): boolean => spares.get(key) === socket;
  const forget = (): void => void (isKept() && spares.delete(key));
  spares.set(key, socket);
  socket.on("error", forget).on("close", forget).unref();
  socket.setTimeout(idleMs, () => void (isKept() && socket.destroy()));
}

function take(spares: Map<string, Socket>, key: string): Socket | undefined {
  const socket = spares.get(key);
  spares.delete(key);
  if (socket === undefined || socket.destroyed) return undefined;
  return socket.setTimeout(0).ref();
}
