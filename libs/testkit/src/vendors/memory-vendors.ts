import { AppError, canonicalJson, type Json, type JsonObject, VendorError } from "@tandem/kernel";
import type { OperationVerb } from "@tandem/domain/plan";
import type { OpenConnection } from "@tandem/ports/adapter";
import type { LiveCall, NumberRouting, PlacedCall, Telephony } from "@tandem/ports/telephony";
import type { CredentialProbe } from "@tandem/ports/probe";
import type { Voice, VoiceListing } from "@tandem/ports/voices";
import type { ProviderAccount, Vendors } from "@tandem/ports/vendors";
import type { WriteTarget } from "@tandem/ports/vendor-resources";
import { MEMORY_VENDOR, memoryDescriptor, memoryKind } from "./kinds.ts";
import { call, type Line } from "./line.ts";
import { memoryCalendar, memoryCrm } from "./memory-records.ts";
import { memoryResources } from "./memory-resources.ts";
import { ONE_ACCOUNT, type VendorWorld } from "./vendor-world.ts";

/** A write as it leaves for a vendor; a routing's fields hold what is expected and what comes next. */
export interface VendorRequest {
  readonly tenantId: string;
  readonly account: string;
  readonly verb: OperationVerb | "route";
  readonly target: Pick<WriteTarget, "kind" | "externalKey" | "externalId" | "fields">;
}

/** What a test makes different on the vendors' side. */
export interface VendorQuirks {
  /** The account behind a tenant's connection; throws `not_found` for one that is not the tenant's. All have one in common when absent. */
  readonly accountOf?: (tenantId: string, connectionId: string) => string;
  /** Whether an account's credential is known; it is when absent. */
  readonly isAuthorized?: (account: string) => boolean;
  /** The text of an account's credential, which the vendor's library puts into its errors. */
  readonly credential?: (account: string) => string;
  /** Told of each write as it is sent. */
  readonly onRequest?: (request: VendorRequest) => void;
  /** What probing a credential answers. */
  readonly probe?: Partial<CredentialProbe>;
  /** Of every account; absent: accounts tell none. */
  readonly voices?: readonly Voice[];
  /** Calls in progress at the hosted agent and the most at once. */
  readonly concurrency?: { readonly current: number; readonly limit: number | null };
  /** Calls that the carrier lists as in progress. */
  readonly liveCalls?: (number: string) => readonly LiveCall[];
  /** What speaks through a connection; none by default. */
  readonly providers?: (connectionId: string) => ProviderAccount | undefined;
  /** Whether the carrier has an audio stream; true when absent. */
  readonly carriesStream?: boolean;
}

/** One vendor with every port, over one world. */
export function memoryVendors(world: VendorWorld, line: Line, quirks: VendorQuirks = {}): Vendors {
  return {
    open: async (tenantId, connectionId) => {
      const account = quirks.accountOf?.(tenantId, connectionId) ?? ONE_ACCOUNT;
      return openMemory(world, lineOf(line, quirks, account), quirks, { tenantId, account });
    },
    descriptor: (vendor) => {
      if (vendor !== MEMORY_VENDOR) throw new AppError("not_found", `there is no vendor ${vendor}`);
      return memoryDescriptor;
    },
    kind: memoryKind,
    providers: async (_, connectionId) => {
      const account = quirks.providers?.(connectionId);
      if (account === undefined) throw new AppError("not_found", "the connection is no provider of chains");
      return account;
    },
    carriesStream: () => quirks.carriesStream ?? true,
  };
}

const lineOf = (line: Line, quirks: VendorQuirks, account: string): Line => ({
  ...line,
  ...(quirks.isAuthorized !== undefined && { isAuthorized: () => quirks.isAuthorized?.(account) ?? true }),
  ...(quirks.credential !== undefined && {
    indiscretion: `request failed: authorization: Bearer ${quirks.credential(account)}`,
  }),
});

/** Whose connection was opened. */
interface Holder {
  readonly tenantId: string;
  readonly account: string;
}

function openMemory(world: VendorWorld, line: Line, quirks: VendorQuirks, holder: Holder): OpenConnection {
  const request = (verb: VendorRequest["verb"], target: VendorRequest["target"]) =>
    quirks.onRequest?.({ ...holder, verb, target });
  const probe = () =>
    call(line, { name: "probe", isWrite: false }, (): CredentialProbe => ({
      account: holder.account,
      grantedScopes: ["objects:write"],
      expiresAt: null,
      status: "active",
      ...quirks.probe,
    }));
  const parts = { probe, liveCalls: quirks.liveCalls ?? (() => []), request, account: holder.account };
  const { voices } = quirks;
  const listed =
    voices === undefined
      ? {}
      : {
          voices: {
            list: () =>
              call(line, { name: "list voices", isWrite: false }, (): VoiceListing => ({ voices, isWhole: true })),
          },
        };
  return {
    ...listed,
    resources: memoryResources(world, line, holder.account, request),
    telephony: memoryTelephony(world, line, parts),
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
  parts: {
    readonly probe: Telephony["probe"];
    readonly liveCalls: (number: string) => readonly LiveCall[];
    readonly request: (verb: VendorRequest["verb"], target: VendorRequest["target"]) => void;
    readonly account: string;
  },
): Telephony {
  const { probe, liveCalls, request, account } = parts;
  return {
    probe,
    audio: { encoding: "mulaw", sampleRateHz: 8000 },
    readRouting: (number) =>
      call(line, { name: "read routing", isWrite: false }, () => world.routings.get(number) ?? null),
    writeRouting: (expected, next) => {
      request("route", {
        kind: "telephony.number",
        externalKey: expected.numberId,
        externalId: expected.numberId,
        fields: { expected, next } as unknown as JsonObject,
      });
      return call(line, { name: "write routing", isWrite: true }, () => {
        const found = [...world.routings].find(([, { numberId }]) => numberId === expected.numberId);
        if (found === undefined || !isSame(found[1], expected))
          throw new VendorError("routing moved", {
            vendor: MEMORY_VENDOR,
            operation: "write routing",
            fault: "conflict",
            effect: "none",
          });
        world.route(found[0], next, account);
        return next;
      });
    },
    concurrency: async () => ({ current: 0, limit: null }),
    liveCalls: async (number) => liveCalls(number),
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
