import { canonicalJson, type Json, VendorError } from "@tandem/kernel";
import type { OpenConnection, ResourceKind } from "@tandem/ports/adapter";
import type { LiveCall, NumberRouting, PlacedCall, Telephony } from "@tandem/ports/telephony";
import type { CredentialProbe } from "@tandem/ports/probe";
import type { ProviderAccount, Vendors } from "@tandem/ports/vendors";
import { AppError } from "@tandem/kernel";
import { MEMORY_VENDOR, memoryDescriptor, memoryKind } from "./kinds.ts";
import { call, type Line } from "./line.ts";
import { memoryCalendar, memoryCrm } from "./memory-records.ts";
import { memoryResources } from "./memory-resources.ts";
import type { VendorWorld } from "./vendor-world.ts";

/** What a mutant takes away from the vendors' side, or a test makes different. */
export interface VendorQuirks {
  /** Replaces the settle time that kinds declare. */
  readonly settleMs?: number;
  /** Listings by key are always empty, as if nobody had implemented them. */
  readonly isBlind?: boolean;
  /** What probing a credential answers. */
  readonly probe?: Partial<CredentialProbe>;
  /** Calls in progress at the hosted agent and the most at once. */
  readonly concurrency?: { readonly current: number; readonly limit: number | null };
  /** Calls that the carrier lists as in progress. */
  readonly liveCalls?: () => readonly LiveCall[];
  /** What speaks through a connection; none by default. */
  readonly providers?: (connectionId: string) => ProviderAccount | undefined;
  /** Whether the carrier has an audio stream; true when absent. */
  readonly carriesStream?: boolean;
}

/** One vendor with every port, over one world. */
export function memoryVendors(world: VendorWorld, line: Line, quirks: VendorQuirks = {}): Vendors {
  const kindOf = (vendor: string, kind: string): ResourceKind => {
    const found = memoryKind(vendor, kind);
    return quirks.settleMs === undefined ? found : { ...found, settleMs: quirks.settleMs };
  };
  return {
    open: async () => openMemory(world, line, quirks),
    descriptor: (vendor) => {
      if (vendor !== MEMORY_VENDOR) throw new AppError("not_found", `there is no vendor ${vendor}`);
      return memoryDescriptor;
    },
    kind: kindOf,
    providers: async (_, connectionId) => {
      const account = quirks.providers?.(connectionId);
      if (account === undefined) throw new AppError("not_found", "the connection is no provider of chains");
      return account;
    },
    carriesStream: () => quirks.carriesStream ?? true,
  };
}

function openMemory(world: VendorWorld, line: Line, quirks: VendorQuirks): OpenConnection {
  const resources = memoryResources(world, line);
  const probe = () =>
    call(line, { name: "probe", isWrite: false }, (): CredentialProbe => ({
      account: "memory",
      grantedScopes: ["objects:write"],
      expiresAt: null,
      status: "active",
      ...quirks.probe,
    }));
  const telephony = memoryTelephony(world, line, { probe, liveCalls: quirks.liveCalls ?? (() => []) });
  return {
    resources:
      quirks.isBlind === true ? { ...resources, findByKey: async () => ({ items: [], complete: true }) } : resources,
    telephony,
    calendar: memoryCalendar(world, line, { probe }),
    crm: memoryCrm(world, line, { probe }),
    voiceAgent: { probe, concurrency: async () => quirks.concurrency ?? { current: 0, limit: 100 } },
    close: async () => {},
  };
}

const isSame = (left: NumberRouting, right: NumberRouting): boolean =>
  canonicalJson(left as unknown as Json) === canonicalJson(right as unknown as Json);

function memoryTelephony(
  world: VendorWorld,
  line: Line,
  { probe, liveCalls }: { readonly probe: Telephony["probe"]; readonly liveCalls: () => readonly LiveCall[] },
): Telephony {
  return {
    probe,
    audio: { encoding: "mulaw", sampleRateHz: 8000 },
    readRouting: (number) =>
      call(line, { name: "read routing", isWrite: false }, () => world.routings.get(number) ?? null),
    writeRouting: (expected, next) =>
      call(line, { name: "write routing", isWrite: true }, () => {
        const found = [...world.routings].find(([, { numberId }]) => numberId === expected.numberId);
        if (found === undefined || !isSame(found[1], expected))
          throw new VendorError("routing moved", {
            vendor: MEMORY_VENDOR,
            operation: "write routing",
            fault: "conflict",
            effect: "none",
          });
        world.route(found[0], next);
        return next;
      }),
    concurrency: async () => ({ current: 0, limit: null }),
    liveCalls: async () => liveCalls(),
    redirectCall: async () => {},
    ...memoryPlacing(line),
  };
}

/** Everybody who is called answers at once. */
function memoryPlacing(line: Line): Pick<Telephony, "placeCall" | "placedCalls" | "placedCall"> {
  const placed: (PlacedCall & { readonly to: string })[] = [];
  return {
    placeCall: ({ to }) =>
      call(line, { name: "place call", isWrite: true }, () => {
        const made = { callId: `CA${placed.length}`, to, status: "in-progress", answeredBy: "human" } as const;
        placed.unshift(made);
        return made;
      }),
    placedCalls: async ({ to }) => placed.filter((each) => each.to === to),
    placedCall: async (callId) => placed.find((each) => each.callId === callId) ?? null,
  };
}
