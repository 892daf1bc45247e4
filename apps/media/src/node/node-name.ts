import { hostname } from "node:os";

const EVERY_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "::", "[::]"]);

/** What a node is called: as it was told, else by the machine and port that it listens on. An address of every machine names none. */
export const nodeNameOf = ({
  node,
  host,
  port,
}: {
  readonly node: string | null;
  readonly host: string;
  readonly port: number;
}): string => node ?? `${EVERY_ADDRESS.has(host) ? hostname() : host}:${port}`;
