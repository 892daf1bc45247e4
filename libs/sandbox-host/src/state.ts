import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Json, JsonObject } from "@tandem/kernel";
import type { SandboxVendor, SandboxWorld } from "@tandem/ports/sandbox";
import { FaultScripts } from "./fault-script.ts";
import { DialledSockets } from "./sockets.ts";
import { Ledger } from "./ledger.ts";
import { Tables } from "./tables.ts";

/** How a vendor behaves until told otherwise. */
export interface VendorPace {
  /** Age below which a new object is missing from listings, milliseconds. */
  readonly listLagMs: number;
  /** Added to every answer, milliseconds. */
  readonly latencyMs: number;
}

const CALM: VendorPace = { listLagMs: 0, latencyMs: 0 };

/** Everything that outlives a request: tables, ledger, scripts, paces, revoked keys. */
export class SandboxState {
  readonly tables: Tables;
  readonly ledger: Ledger;
  readonly faults: FaultScripts;
  readonly vendors: ReadonlyMap<string, SandboxVendor>;
  readonly origins: ReadonlyMap<string, string>;
  readonly #paces = new Map<string, VendorPace>();
  readonly #settings = new Map<string, JsonObject>();
  readonly #dialled = new DialledSockets();

  constructor(
    vendors: readonly SandboxVendor[],
    {
      dataDir,
      origins,
      random,
    }: { dataDir: string | null; origins: ReadonlyMap<string, string>; random: () => number },
  ) {
    this.origins = origins;
    this.tables = new Tables(dataDir && join(dataDir, "tables.jsonl"), Date.now);
    this.ledger = new Ledger(dataDir && join(dataDir, "ledger.jsonl"));
    this.faults = new FaultScripts(random);
    this.vendors = new Map(vendors.map((vendor) => [vendor.name, vendor]));
  }

  /** The emulator of this name; throws a RangeError that names those that run. */
  vendor(name: string): SandboxVendor {
    const found = this.vendors.get(name);
    if (found === undefined)
      throw new RangeError(`no vendor ${name} here; running: ${[...this.vendors.keys()].join(", ")}`);
    return found;
  }

  pace(vendor: string): VendorPace {
    return this.#paces.get(vendor) ?? CALM;
  }

  setPace(vendor: string, pace: Partial<VendorPace>): void {
    this.#paces.set(this.vendor(vendor).name, { ...this.pace(vendor), ...pace });
  }

  /** A setting of an emulator, from the control API; undefined when not set. */
  setting(vendor: string, name: string): Json | undefined {
    const settings = this.#settings.get(vendor);
    return settings !== undefined && Object.hasOwn(settings, name) ? settings[name] : undefined;
  }

  /** Adds or changes settings; null takes one back. */
  changeSettings(vendor: string, changes: JsonObject): JsonObject {
    const merged = { ...this.#settings.get(this.vendor(vendor).name), ...changes };
    const settings = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
    this.#settings.set(vendor, settings);
    return settings;
  }

  /** Makes the vendor refuse (or accept again) a credential. Only its hash is kept. */
  setRevoked(vendor: string, credential: string, isRevoked: boolean): void {
    const revoked = this.#revoked(this.vendor(vendor).name);
    if (isRevoked) revoked.put(hashOf(credential), { isRevoked });
    else revoked.remove(hashOf(credential));
  }

  world(vendor: string): SandboxWorld {
    return {
      collection: (name) => this.tables.collection(`${vendor}/${name}`, () => this.pace(vendor).listLagMs),
      record: (entry) => this.ledger.record({ ...entry, vendor }, Date.now()),
      now: Date.now,
      newId: (prefix, length) =>
        prefix +
        randomBytes(length)
          .toString("hex")
          .slice(0, Math.max(0, length - prefix.length)),
      isRevoked: (credential) => this.#revoked(vendor).get(hashOf(credential)) !== undefined,
      originOf: (name) => this.#originOf(name),
      dial: (url, options) => this.#dialled.dial(url, options?.headers),
      setting: (name) => this.setting(vendor, name),
      act: (name, action, input) => this.act(name, action, input),
    };
  }

  /** Runs an emulator's action. Throws a RangeError for an unknown one. */
  async act(vendor: string, action: string, input: JsonObject): Promise<JsonObject> {
    const actions = this.vendor(vendor).actions;
    const found = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (found === undefined)
      throw new RangeError(`${vendor} has no action ${action}; it has: ${Object.keys(actions).join(", ")}`);
    return found(input, this.world(vendor));
  }

  seed(): void {
    for (const vendor of this.vendors.values()) vendor.seed(this.world(vendor.name));
  }

  /** Back to the first start: nothing kept, nothing scripted, the seeds planted. */
  reset(): void {
    this.tables.clear();
    this.ledger.clear();
    this.faults.clear();
    this.#paces.clear();
    this.#settings.clear();
    this.seed();
  }

  close(): void {
    this.#dialled.drop();
    this.tables.close();
    this.ledger.close();
  }

  #revoked(vendor: string) {
    return this.tables.collection<{ isRevoked: boolean }>(`${vendor}/~revoked`, () => 0);
  }

  #originOf(vendor: string): string {
    const origin = this.origins.get(vendor);
    if (origin === undefined) throw new RangeError(`no vendor ${vendor} is listening`);
    return origin;
  }
}

const hashOf = (credential: string): string => createHash("sha256").update(credential).digest("hex");
