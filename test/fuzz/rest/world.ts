import type { Tenant } from "@tandem/ports/store/control";
import type { Answer, RunningApi } from "../../../apps/api/src/testing/running-api.ts";
import type { Chance } from "../chance.ts";
import { playbookFiles } from "../playbooks.ts";

export const ROLES = ["viewer", "author", "approver", "operator", "tenant-admin", "auditor", "ci"] as const;
/** Whose keys there are: both tenants' for each role, the platform's, and keys that are none. */
export type Whose = "first" | "second" | "platform" | "none";

/** Somebody who asks. */
export interface Asker {
  readonly name: string;
  readonly whose: Whose;
  /** Null: no valid key. */
  readonly role: (typeof ROLES)[number] | "platform-admin" | null;
  readonly key: string | null;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const NOBODY = "01900000-0000-7000-8000-00000000dead";
const NO_KEY = "00000000dead";
const MOST_KNOWN = 60;

/** Two tenants with keys for every role, and what is known of the things they have. */
export class World {
  readonly askers: readonly Asker[];
  readonly tenants: Readonly<Record<"first" | "second", Tenant>>;
  readonly #known: Record<"first" | "second", Map<string, string[]>> = { first: new Map(), second: new Map() };
  /** Ids that answers to one tenant alone have told. */
  readonly #seen: Record<"first" | "second", Set<string>> = { first: new Set(), second: new Set() };

  private constructor(askers: readonly Asker[], tenants: World["tenants"]) {
    this.askers = askers;
    this.tenants = tenants;
    for (const whose of ["first", "second"] as const) this.#put(whose, "tenants", tenants[whose].id);
  }

  static async make(api: RunningApi, name: string): Promise<World> {
    const tenants = { first: await api.tenant(`${name}-a`), second: await api.tenant(`${name}-b`) };
    const askers: Asker[] = [
      { name: "platform", whose: "platform", role: "platform-admin", key: await api.key(null, "platform-admin") },
      { name: "nobody", whose: "none", role: null, key: null },
      { name: "malformed", whose: "none", role: null, key: "tdm_test_000000000000_x" },
    ];
    for (const whose of ["first", "second"] as const)
      for (const role of ROLES)
        askers.push({ name: `${whose} ${role}`, whose, role, key: await api.key(tenants[whose], role) });
    const world = new World(askers, tenants);
    for (const whose of ["first", "second"] as const) await world.#furnish(api, whose);
    return world;
  }

  asker(name: string): Asker {
    const found = this.askers.find((each) => each.name === name);
    if (found === undefined) throw new Error(`nobody is called ${name}`);
    return found;
  }

  /** The noun's text for each `«own:<noun>»` and `«other:<noun>»` in a text, as the asker sees them. */
  fill(chance: Chance, { whose }: Asker, text: string): string {
    return text.replaceAll(/«(own|other):([a-z-]+)»/g, (_, side: string, noun: string) => {
      const mine = whose === "second" ? "second" : "first";
      const owner = (side === "own") === (mine === "first") ? "first" : "second";
      return this.known(chance, owner, noun);
    });
  }

  known(chance: Chance, owner: "first" | "second", noun: string): string {
    const known = this.#known[owner].get(noun) ?? [];
    if (known.length === 0) return noun === "api-keys" ? NO_KEY : NOBODY;
    return chance.pick(known);
  }

  /** Whether something of the asker's own bears this name: what both have made from the same content has the same hash. */
  isKnownTo({ whose }: Asker, value: string): boolean {
    return (whose === "first" || whose === "second") && [...this.#known[whose].values()].flat().includes(value);
  }

  /** Remembers what an answer tells of. */
  learn({ whose }: Asker, path: string, { status, body }: Pick<Answer, "status" | "body">): void {
    if ((whose !== "first" && whose !== "second") || status >= 300 || typeof body !== "object" || body === null) return;
    for (const id of JSON.stringify(body).match(UUID) ?? []) this.#seen[whose].add(id);
    const noun = path.split("/").findLast((part) => part !== "" && !part.startsWith("{") && part !== "v1") ?? "";
    if (noun === "api-keys" && "items" in body) return; // these keys are the world's own: nobody is to revoke them
    const items = ((body as { items?: unknown }).items ?? [body]) as Record<string, unknown>[];
    if (noun === "freezes") this.#tellBothOfThePlatforms(items);
    for (const item of items.slice(0, 5)) this.#learnItem(whose, noun, item);
  }

  /** An id in the answer that only the other tenant was told of and that the request did not name; null when there is none. */
  foreignId({ whose }: Asker, asked: string, answer: string): string | null {
    if (whose !== "first" && whose !== "second") return null;
    const other = this.#seen[whose === "first" ? "second" : "first"];
    return (
      (answer.match(UUID) ?? []).find((id) => other.has(id) && !this.#seen[whose].has(id) && !asked.includes(id)) ??
      null
    );
  }

  /** A freeze window of the platform binds every tenant, and each is told of it; those of the worlds before go on. */
  #tellBothOfThePlatforms(windows: readonly Record<string, unknown>[]): void {
    for (const { id, level } of windows) {
      if (level !== "platform") continue;
      this.#seen.first.add(String(id));
      this.#seen.second.add(String(id));
    }
  }

  #learnItem(whose: "first" | "second", noun: string, item: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(item ?? {})) {
      if (typeof value !== "string") continue;
      if (["id", "keyId", "hash", "messageId"].includes(name)) this.#put(whose, noun, value);
      else if (/^[a-z]+Id$/.test(name)) this.#put(whose, `${name.slice(0, -2)}s`, value);
    }
  }

  #put(whose: "first" | "second", noun: string, value: string): void {
    const known = this.#known[whose].get(noun) ?? [];
    if (!known.includes(value)) this.#known[whose].set(noun, [...known, value].slice(-MOST_KNOWN));
  }

  /** One of each thing that people make, so that requests meet something. */
  async #furnish(api: RunningApi, whose: "first" | "second"): Promise<void> {
    const admin = this.asker(`${whose} tenant-admin`);
    const make = async (path: string, body: unknown, { fill = path } = {}) => {
      const answer = await api.ask(admin.key, "POST", fill, body);
      this.learn(admin, path, answer);
      return answer.body as { id: string };
    };
    const playbook = whose === "first" ? "after-hours-answering" : "lead-qualifier";
    await make("/v1/manifests", { files: Object.fromEntries(playbookFiles(playbook)) });
    this.#put(whose, "playbooks", playbook);
    const config = { accountSid: "AC5a0dbeefd3a0000000000000000000a1" };
    const connection = await make("/v1/connections", { name: "line", vendor: "twilio", endpoint: "sandbox", config });
    const deployment = await make("/v1/deployments", {
      name: "front-desk",
      playbook,
      environment: "staging",
      connections: { telephony: connection.id },
    });
    const of = `/v1/deployments/${deployment.id}`;
    await make("/v1/deployments/{reference}/plans", {}, { fill: `${of}/plans` });
    await make("/v1/rollouts", { deploymentId: deployment.id, manifestVersion: playbook });
    await make("/v1/webhooks", { kind: "http", url: "https://example.com/hook", description: "", events: ["*"] });
    await make("/v1/freezes", { endsAt: "2099-01-01T00:00:00.000Z", reason: "holidays", playbook: "none" });
    await make("/v1/deployments/{reference}/drift", {}, { fill: `${of}/drift` });
  }
}
