import type { JsonObject } from "@tandem/kernel";
import type { OperationVerb } from "@tandem/domain/plan";
import type { NumberRouting } from "@tandem/ports/telephony";

/** An object as the vendor really has it. */
export interface WorldObject {
  /** The account that holds it: nobody else sees it. */
  readonly account: string;
  readonly externalId: string;
  readonly kind: string;
  readonly externalKey: string;
  readonly fields: JsonObject;
  readonly version: number;
  readonly published: boolean;
  readonly createdAtMs: number;
  /** Set when it is gone; listings may still show it for a while. */
  readonly deletedAtMs: number | null;
}

/** One true effect. */
export interface Effect {
  readonly atMs: number;
  readonly account: string;
  readonly verb: OperationVerb | "route";
  readonly kind: string;
  readonly externalKey: string;
  readonly externalId: string;
}

/** The account of tests that need only one. */
export const ONE_ACCOUNT = "memory";

/** What all vendors of a test really hold, whatever their answers said. One world serves all connections, each sees its account. */
export class VendorWorld {
  readonly objects = new Map<string, WorldObject>();
  readonly routings = new Map<string, NumberRouting>();
  readonly ledger: Effect[] = [];
  /** Event id → booking. */
  readonly bookings = new Map<string, unknown>();
  /** Ids of contacts and deals. */
  readonly records = new Set<string>();
  /** Told of every effect once it is done, with the object as it is then; null: it is gone. */
  onEffect: ((effect: Effect, object: WorldObject | null) => void) | undefined;
  readonly #nowMs: () => number;
  #next = 1;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** A world that goes on from another one, which stays as it is. */
  static from(other: VendorWorld, nowMs: () => number): VendorWorld {
    const world = new VendorWorld(nowMs);
    for (const [id, object] of other.objects) world.objects.set(id, object);
    for (const [number, routing] of other.routings) world.routings.set(number, routing);
    world.#next = other.#next;
    return world;
  }

  /** A world that holds these objects and routings, as one that was written down. */
  static holding(
    held: {
      readonly objects: readonly WorldObject[];
      readonly routings: readonly (readonly [string, NumberRouting])[];
    },
    nowMs: () => number,
  ): VendorWorld {
    const world = new VendorWorld(nowMs);
    for (const object of held.objects) world.objects.set(object.externalId, object);
    for (const [number, routing] of held.routings) world.routings.set(number, routing);
    world.#next = 1 + Math.max(0, ...held.objects.map(({ externalId }) => Number(externalId.slice(1))));
    return world;
  }

  nowMs(): number {
    return this.#nowMs();
  }

  /** Objects that exist now. */
  present(): WorldObject[] {
    return [...this.objects.values()].filter(({ deletedAtMs }) => deletedAtMs === null);
  }

  read(externalId: string, account?: string): WorldObject | null {
    const object = this.objects.get(externalId);
    const isSeen =
      object !== undefined && object.deletedAtMs === null && (account ?? object.account) === object.account;
    return isSeen ? object : null;
  }

  /** What a listing shows that lags behind by `lagMs`: young objects are missing, deleted ones still there. */
  listed(kind: string, externalKey: string, lagMs: number, account: string = ONE_ACCOUNT): WorldObject[] {
    const seenAtMs = this.#nowMs() - lagMs;
    return [...this.objects.values()].filter(
      (object) =>
        object.externalKey === externalKey &&
        object.kind === kind &&
        object.account === account &&
        object.createdAtMs <= seenAtMs &&
        (object.deletedAtMs === null || object.deletedAtMs > seenAtMs),
    );
  }

  create(
    kind: string,
    externalKey: string,
    wish: { readonly fields: JsonObject; readonly publishes: boolean; readonly account?: string },
  ): WorldObject {
    const object: WorldObject = {
      account: wish.account ?? ONE_ACCOUNT,
      externalId: `x${this.#next++}`,
      kind,
      externalKey,
      fields: wish.fields,
      version: 0,
      published: !wish.publishes,
      createdAtMs: this.#nowMs(),
      deletedAtMs: null,
    };
    this.objects.set(object.externalId, object);
    this.#record("create", object);
    return object;
  }

  change(verb: "draft" | "update" | "publish", externalId: string, fields: JsonObject | null): WorldObject | null {
    const present = this.read(externalId);
    if (present === null) return null;
    const changed: WorldObject = {
      ...present,
      ...(fields !== null && verb === "update" && { fields }),
      ...(verb === "draft" && present.published && { published: false, version: present.version + 1 }),
      ...(verb === "publish" && { published: true }),
    };
    this.objects.set(externalId, changed);
    this.#record(verb, changed);
    return changed;
  }

  remove(externalId: string): void {
    const present = this.read(externalId);
    if (present === null) return;
    this.objects.set(externalId, { ...present, deletedAtMs: this.#nowMs() });
    this.#record("delete", present);
  }

  route(number: string, routing: NumberRouting, account: string = ONE_ACCOUNT): void {
    this.routings.set(number, routing);
    this.#push(
      { verb: "route", kind: "telephony.number", externalKey: number, externalId: routing.numberId, account },
      null,
    );
  }

  #record(verb: OperationVerb, object: WorldObject): void {
    const { kind, externalKey, externalId, account } = object;
    this.#push({ verb, kind, externalKey, externalId, account }, verb === "delete" ? null : object);
  }

  #push(effect: Omit<Effect, "atMs">, object: WorldObject | null): void {
    const entry = { ...effect, atMs: this.#nowMs() };
    this.ledger.push(entry);
    this.onEffect?.(entry, object);
  }
}
