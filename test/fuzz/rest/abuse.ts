import { randomUUID } from "node:crypto";
import type { RunningApi } from "../../../apps/api/src/testing/running-api.ts";
import { Chance } from "../chance.ts";
import type { Judgement } from "../target.ts";
import type { ApiDocument, Operation } from "./document.ts";
import { type Exchanged, send, type Wish } from "./request.ts";
import { SchemaValue } from "./schema-value.ts";
import { judgementOf } from "./verdict.ts";
import type { Rights } from "./rights.ts";
import type { Asker, World } from "./world.ts";

interface Parts {
  readonly api: RunningApi;
  readonly document: ApiDocument;
  readonly world: World;
  readonly rights: Rights;
}

const STRANGE = "01900000-0000-7000-8000-0000000057a6";
const STRANGE_KEY = "000000000000";
/** What the platform does with them ends the tenants that the rest of the table needs. */
const ENDS_TENANTS = /^post \/v1\/tenants\/\{id\}\/(suspend|off-boarding)/;
const BODY_CAP_BYTES = 1024 * 1024;

/** Every operation × every role × {own, the other tenant's, nobody's}; and a body beyond the cap for each that takes one. */
export async function* abuseTable(parts: Parts): AsyncGenerator<{ wish: Wish; judgement: Judgement }> {
  for (const operation of parts.document.operations) {
    const body =
      operation.body === null ? undefined : new SchemaValue(parts.document, new Chance(1)).make(operation.body);
    for (const asker of parts.world.askers) yield* tried(parts, operation, asker, body);
    if (operation.body !== null) yield await overCap(parts, operation);
  }
}

async function* tried(parts: Parts, operation: Operation, asker: Asker, body: unknown) {
  const ask = async (id: string) => {
    const wish = wishOf(operation, asker, id, body);
    const exchanged = await send(parts.api, parts.world, operation, { chance: new Chance(1), wish });
    const judgement = judgementOf(parts, operation, exchanged);
    parts.world.learn(asker, operation.path, exchanged);
    return { wish, exchanged, judgement };
  };
  const isEnding = asker.whose === "platform" && ENDS_TENANTS.test(operation.name);
  yield await ask(isEnding ? STRANGE : "own");
  const id = operation.parameters.find((each) => each.in === "path" && !isEverybodys(operation, each.name));
  if (id === undefined || isEnding) return;
  const [other, nobodys] = [await ask("other"), await ask(STRANGE)];
  yield other;
  yield { ...nobodys, judgement: unlike(parts, operation, other.exchanged, nobodys.exchanged) ?? nobodys.judgement };
}

/** Whether a parameter names no object of a tenant: an environment, or a playbook, which everybody has from the library. */
const isEverybodys = ({ path }: Operation, name: string): boolean =>
  name === "environment" || name === "playbook" || (name === "name" && path.startsWith("/v1/playbooks/"));

/** What belongs to somebody else answers as what nobody has. */
function unlike({ world }: Parts, operation: Operation, other: Exchanged, nobodys: Exchanged): Judgement | null {
  const { asker } = other;
  if (asker.whose === "platform" || asker.whose === "none") return null;
  if (other.sent.url === nobodys.sent.url || Object.values(other.sent.path).some((id) => world.isKnownTo(asker, id)))
    return null;
  const same = (exchanged: Exchanged): string => {
    const { instance: _, ...rest } = exchanged.body as Record<string, unknown>;
    const ids = Object.values(exchanged.sent.path);
    return ids.reduce((text, id) => text.replaceAll(id, "…"), JSON.stringify({ status: exchanged.status, rest }));
  };
  if (other.status >= 400 && same(other) === same(nobodys)) return null;
  const violation = `${operation.name}: ${asker.role} can tell another tenant's from nobody's: ${same(other).slice(0, 150)} and ${same(nobodys).slice(0, 150)}`;
  return { kind: "refused", violation };
}

function wishOf(operation: Operation, asker: Asker, id: string, body: unknown): Wish {
  const parts = operation.path.split("/");
  const valueOf = (name: string): string => {
    if (name === "environment") return "staging";
    if (isEverybodys(operation, name)) return "after-hours-answering";
    if (name === "keyId" && id === STRANGE) return STRANGE_KEY;
    return id === "own" || id === "other" ? `«${id}:${parts[parts.indexOf(`{${name}}`) - 1] ?? ""}»` : id;
  };
  const names = operation.parameters.filter((each) => each.in === "path").map(({ name }) => name);
  return {
    operation: operation.name,
    asker: asker.name,
    path: Object.fromEntries(names.map((name) => [name, valueOf(name)])),
    query: {},
    headers: operation.method === "POST" ? { "idempotency-key": randomUUID() } : {},
    ...(body === undefined ? {} : { body }),
  };
}

async function overCap(parts: Parts, operation: Operation) {
  const asker = parts.world.asker(parts.rights.of(operation) === "platform" ? "platform" : "first tenant-admin");
  const wish = { ...wishOf(operation, asker, STRANGE, undefined), raw: `"${"x".repeat(BODY_CAP_BYTES)}"` };
  const { status } = await send(parts.api, parts.world, operation, { chance: new Chance(1), wish });
  const judgement: Judgement = { kind: "refused: payload_too_large" };
  const violation = `${operation.name}: a body over the cap got ${status}`;
  return {
    wish: { ...wish, raw: "(1 MiB and more)" },
    judgement: status === 413 ? judgement : { ...judgement, violation },
  };
}
