import type { JsonObject } from "@tandem/kernel";
import type { OperationVerb } from "@tandem/domain/plan";
import type { NumberRouting } from "@tandem/ports/telephony";

/** An object as the vendor really has it. */
export interface WorldObject {
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
  readonly verb: OperationVerb | "route";
  readonly kind: string;
  readonly externalKey: string;
  readonly externalId: string;
}

/** What all vendors of a test really hold, whatever their answers said. One world serves all connections. */
export class VendorWorld {
  readonly objects = new Map<string, WorldObject>();
  readonly routings = new Map<string, NumberRouting>();
  readonly ledger: Effect[] = [];
  /** Event id → booking. */
  readonly bookings = new Map<string, unknown>();
  /** Ids of contacts and deals. */
  readonly records = new Set<string>();
  readonly #nowMs: () => number;
  #next = 1;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs();
  }

  /** Objects that exist now. */
  present(): WorldObject[] {
    return [...this.objects.values()].filter(({ deletedAtMs }) => deletedAtMs === null);
  }

  read(externalId: string): WorldObject | null {
    const object = this.objects.get(externalId);
    return object === undefined || object.deletedAtMs !== null ? null : object;
  }

  /** What a listing shows that lags behind by `lagMs`: young objects are missing, deleted ones still there. */
  listed(kind: string, externalKey: string, lagMs: number): WorldObject[] {
    const seenAtMs = this.#nowMs() - lagMs;
    return [...this.objects.values()].filter(
      (object) =>
        object.kind === kind &&
        object.externalKey === externalKey &&
        object.createdAtMs <= seenAtMs &&
        (object.deletedAtMs === null || object.deletedAtMs > seenAtMs),
    );
  }

  create(
    kind: string,
    externalKey: string,
    wish: { readonly fields: JsonObject; readonly publishes: boolean },
  ): WorldObject {
    const object: WorldObject = {
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

  route(number: string, routing: NumberRouting): void {
    this.routings.set(number, routing);
    this.ledger.push({
      atMs: this.#nowMs(),
      verb: "route",
      kind: "telephony.number",
      externalKey: number,
      externalId: routing.numberId,
    });
  }

  #record(verb: OperationVerb, { kind, externalKey, externalId }: WorldObject): void {
    this.ledger.push({ atMs: this.#nowMs(), verb, kind, externalKey, externalId });
  }
}
