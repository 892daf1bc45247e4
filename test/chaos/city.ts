import { SeededRng } from "@tandem/testkit";
import { type Databases, Installation } from "../e2e/harness/installation.ts";
import { Office } from "../e2e/harness/office.ts";
import { type BadWire, openBadWire } from "../e2e/harness/bad-wire.ts";
import { patiently } from "../crash/play.ts";
import { Client } from "./client.ts";
import { type Measures, newMeasures } from "./measures.ts";
import { OwnServer } from "./own-server.ts";
import { RedisServer } from "./redis-server.ts";
import { Twin } from "./twin.ts";

export interface CityOptions {
  readonly queue: "postgres" | "redis";
  readonly offices: number;
  /** Environment variables of every app: the times under test. */
  readonly times: Readonly<Record<string, string>>;
  readonly seed: number;
}

/** Everything a run plays on: two of each process, their wires, database, queue and customers. */
export class City {
  readonly server: OwnServer;
  readonly redis: RedisServer | null;
  readonly installation: Installation;
  readonly apis: readonly Twin[];
  readonly workers: readonly Twin[];
  readonly media: readonly Twin[];
  readonly wires: readonly BadWire[];
  readonly client: Client;
  readonly measures: Measures = newMeasures();
  readonly rng: SeededRng;
  offices: readonly Office[] = [];
  /** Workers that stand still at this moment. */
  workersPaused = 0;
  readonly #close: () => Promise<void>;

  private constructor(parts: {
    server: OwnServer;
    redis: RedisServer | null;
    installation: Installation;
    twins: readonly Twin[];
    wires: readonly BadWire[];
    seed: number;
    close: () => Promise<void>;
  }) {
    this.server = parts.server;
    this.redis = parts.redis;
    this.installation = parts.installation;
    const of = (app: Twin["app"]) => parts.twins.filter((twin) => twin.app === app);
    this.apis = of("api");
    this.workers = of("worker");
    this.media = of("media");
    this.wires = parts.wires;
    this.client = new Client(this.apis);
    this.rng = new SeededRng(parts.seed);
    this.#close = parts.close;
  }

  static async start({ queue, offices, times, seed }: CityOptions): Promise<City> {
    const closers: (() => Promise<void>)[] = [];
    const close = async () => {
      for (const closer of closers.toReversed()) await closer();
    };
    try {
      const server = await OwnServer.start();
      closers.push(() => server.remove());
      const redis = queue === "redis" ? await RedisServer.start() : null;
      closers.push(async () => redis?.kill());
      const wires = [await openBadWire(server.port), await openBadWire(server.port)] as const;
      closers.push(async () => void (await Promise.all(wires.map((wire) => wire.close()))));
      const variables = { ...times, ...(redis === null ? {} : { REDIS_URL: redis.url }) };
      const databases = through(wires[0], server.databases);
      const installation = await patiently(() => Installation.start({ databases, variables }));
      closers.push(() => installation.stop());
      const twins = await startTwins(installation, server.databases, wires);
      const city = new City({ server, redis, installation, twins, wires, seed, close });
      await city.#settle(offices);
      return city;
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** Opens the offices, each with a release that is live. */
  async #settle(offices: number): Promise<void> {
    this.offices = await Promise.all(Array.from({ length: offices }, () => Office.open(this.installation)));
    await Promise.all(
      this.offices.map(async (office) => office.reach((await office.roll()).id, ["succeeded"], PATIENCE_MS)),
    );
  }

  get ticketKey(): string {
    return this.installation.secrets()["TANDEM_TICKET_KEY"] ?? "";
  }

  async stop(): Promise<void> {
    await this.#close();
  }
}

const PATIENCE_MS = 300_000;

/** The same databases by way of a wire. */
const through = (wire: BadWire, { appUrl, workerUrl, mediaUrl, superuserUrl }: Databases): Databases => ({
  appUrl: wire.through(appUrl),
  workerUrl: wire.through(workerUrl),
  mediaUrl: wire.through(mediaUrl),
  superuserUrl,
});

/** API and media that the installation began with are the first of their kind. */
async function startTwins(
  installation: Installation,
  databases: Databases,
  wires: readonly [BadWire, BadWire],
): Promise<Twin[]> {
  const twins: Twin[] = [];
  for (const [index, wire] of wires.entries()) {
    for (const app of ["api", "worker", "media"] as const) {
      const isThere = index === 0 && app !== "worker";
      const port = isThere ? installation.ports[app] : await installation.freePort();
      const nth = index === 0 ? 1 : 2;
      twins.push(new Twin(installation, { app, nth, wire, port, databases: through(wire, databases), isThere }));
    }
  }
  await Promise.all(twins.map((twin) => twin.ready()));
  return twins;
}
