import { Secret } from "@tandem/kernel";
import {
  makeApiKey,
  openTicket,
  parseApiKey,
  sealTicket,
  signLinkToken,
  signTicket,
  type TicketPurpose,
  verifyLinkToken,
  verifyTicket,
} from "@tandem/secrets";
import { readOutboundTicket } from "../../apps/media/src/answer/outbound-ticket.ts";
import { openBriefing, sealBriefing } from "../../apps/media/src/answer/briefing.ts";
import { readLeg, readStamp, type SessionPin, signLeg, signStamp } from "../../apps/media/src/session/session-pin.ts";
import { readStreamTicket, signStreamTicket, UsedTickets } from "../../apps/media/src/stream/stream-ticket.ts";
import { type Chance, damagedText } from "./chance.ts";
import type { Target } from "./target.ts";

const NOW_MS = 1_800_000_000_000;
const KEY = new Secret("the key of this installation");
const OTHER_KEY = new Secret("the key of another installation");
const PURPOSES: readonly TicketPurpose[] = ["trial", "call", "stream", "agent", "last-known-good", "pin", "operations"];

/** How each kind of token is made and read; `read` answers null for what it refuses. */
interface Kind {
  make(key: Secret, chance: Chance): string;
  read(token: string, nowMs: number): unknown;
}

const pinOf = (chance: Chance): SessionPin => ({
  tenantId: uuid(chance),
  deploymentId: uuid(chance),
  sessionId: uuid(chance),
  callId: `CA${chance.below(1e9)}`,
  slot: chance.pick(["blue", "green"]),
  bundleHash: hex(chance, 64),
  generation: chance.below(1000),
  kind: chance.pick(["live", "trial"]),
  startedAtMs: NOW_MS - chance.below(60_000),
});
const HEX_DIGITS = "0123456789abcdef".split("");
const hex = (chance: Chance, length: number): string => chance.list(length, () => chance.pick(HEX_DIGITS)).join("");
const uuid = (chance: Chance): string => hex(chance, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");

const SESSION: SessionPin = {
  ...({} as SessionPin),
  sessionId: "00000000-0000-8000-8000-000000000000",
  startedAtMs: NOW_MS,
};

const kinds: Readonly<Record<string, Kind>> = {
  stream: {
    make: (key, chance) => signStreamTicket(key, { node: "n1", pin: pinOf(chance), attempt: 1, faults: [] }, NOW_MS),
    read: (token, nowMs) => readStreamTicket(KEY, token, nowMs),
  },
  leg: {
    make: (key, chance) => signLeg(key, { ...pinOf(chance), leg: "stream", attempt: chance.below(9) }),
    read: (token, nowMs) => readLeg(KEY, token, nowMs),
  },
  stamp: {
    make: (key, chance) => signStamp(key, pinOf(chance)),
    read: (token, nowMs) => readStamp(KEY, token, nowMs),
  },
  ...Object.fromEntries(
    PURPOSES.map((purpose): [string, Kind] => [
      `ticket ${purpose}`,
      {
        make: (key, chance) => signTicket(key, purpose, { id: chance.text(10).toWellFormed() }, NOW_MS + 60_000),
        read: (token, nowMs) => verifyTicket(KEY, purpose, token, nowMs),
      },
    ]),
  ),
  outbound: {
    make: (key, chance) => sealTicket(key, "outbound-call", { to: `+1555${chance.below(1e7)}` }, NOW_MS + 60_000),
    read: (token, nowMs) => readOutboundTicket(KEY, token, nowMs),
  },
  briefing: {
    make: (key, chance) => sealBriefing(key, SESSION, chance.text(40).toWellFormed()),
    read: (token, nowMs) => openBriefing(KEY, SESSION, token, nowMs),
  },
  sealed: {
    make: (key, chance) => sealTicket(key, "briefing", { id: chance.text(9).toWellFormed() }, NOW_MS + 60_000),
    read: (token, nowMs) => openTicket(KEY, "briefing", token, nowMs) ?? null,
  },
  link: {
    make: (key, chance) =>
      signLinkToken(key, { tenantId: uuid(chance), linkId: uuid(chance), binding: hex(chance, 64) }),
    read: (token) => verifyLinkToken(KEY, token),
  },
};
const NAMES = Object.keys(kinds);
/** Readers of the same purpose: a token of the one is a token of the other by design. */
const FAMILIES = [
  ["stream", "ticket stream"],
  ["leg", "ticket call"],
  ["stamp", "ticket agent"],
  ["briefing", "sealed"],
];

interface Case {
  readonly kind: string;
  readonly token: string;
  /** What the genuine token says that this one was made from; null when nothing genuine is in it. */
  readonly genuine: string | null;
  readonly isUntouched: boolean;
  readonly nowMs: number;
}

/** Tickets, tokens and signed links: genuine ones, and those that somebody else made, cut, bent, aged or used elsewhere. */
export const tickets: Target<Case> = {
  name: "tickets",
  full: 100_000,
  make(chance) {
    const kind = chance.pick(NAMES);
    const token = kinds[kind]!.make(KEY, chance);
    const genuine = JSON.stringify(kinds[kind]!.read(token, NOW_MS));
    if (chance.once(5)) return { kind, token, genuine, isUntouched: true, nowMs: NOW_MS };
    return { isUntouched: false, ...tampered(chance, kind, { token, genuine }) };
  },
  judge({ kind, token, genuine, isUntouched, nowMs }) {
    const content = kinds[kind]!.read(token, nowMs);
    if (content === null || content === undefined)
      return { kind: `refused: ${kind}`, ...(isUntouched && { violation: `refused a genuine token: ${kind}` }) };
    const isSame = JSON.stringify(content) === genuine;
    const replay = isUntouched && kind === "stream" ? replayed(content as { id: string }) : null;
    const violation = isSame ? replay : `accepted a token that nobody signed: ${kind}`;
    return { kind: `accepted: ${kind}`, ...(violation !== null && { violation }) };
  },
};

/** A stream ticket is good once, also across the turn of the register that remembers. */
function replayed({ id }: { id: string }): string | null {
  const used = new UsedTickets();
  const uses = [
    used.use(id, NOW_MS),
    used.use(id, NOW_MS + 1),
    used.use(id, NOW_MS + 59_999),
    used.use(id, NOW_MS + 60_001),
  ];
  return uses.filter(Boolean).length === 1 ? null : "a ticket was good twice: stream";
}

type Tampered = Pick<Case, "kind" | "token" | "genuine" | "nowMs">;

function tampered(chance: Chance, kind: string, { token, genuine }: { token: string; genuine: string }): Tampered {
  const same: Tampered = { kind, genuine, token, nowMs: NOW_MS };
  const [body = "", signature = ""] = token.split(".");
  const another = kinds[kind]!.make(KEY, chance);
  return chance.pick<() => Tampered>([
    () => ({ ...same, token: damagedText(chance, token) }),
    () => ({ ...same, token: token.slice(0, chance.below(token.length)) }),
    () => ({ ...same, token: token + chance.pick(["=", "A", ".", "\n", "\0", token]) }),
    () => ({
      ...same,
      token: signature === "" ? body.slice(0, -8) : `${body}.${another.split(".")[1] ?? ""}`,
    }),
    () => ({ ...same, token: `${rewritten(chance, body)}.${signature}` }),
    () => ({ ...same, token: `${body}.` }),
    () => ({ ...same, token: chance.text(60) }),
    () => ({ ...same, genuine: null, token: kinds[kind]!.make(OTHER_KEY, chance) }),
    () => ({ kind: unrelated(chance, kind), genuine: null, token, nowMs: NOW_MS }),
    () => ({ ...same, token: token.replaceAll("-", "+").replaceAll("_", "/") }),
    () =>
      kind === "link"
        ? { ...same, token: token.toLowerCase() }
        : { ...same, genuine: null, token, nowMs: NOW_MS + 3e8 },
    () => apiKeyCase(chance, same),
  ])();
}

const unrelated = (chance: Chance, kind: string): string => {
  const family = FAMILIES.find((each) => each.includes(kind)) ?? [kind];
  return chance.pick(NAMES.filter((name) => !family.includes(name)));
};

/** The claims with one of them changed, still JSON. */
function rewritten(chance: Chance, body: string): string {
  try {
    const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, unknown>;
    const name = chance.pick(Object.keys(claims));
    return Buffer.from(JSON.stringify({ ...claims, [name]: chance.pick([0, "", 9e15, chance.text(5)]) })).toString(
      "base64url",
    );
  } catch {
    return damagedText(chance, body);
  }
}

/** An API key is no token of ours, and a damaged key fails its checksum. */
function apiKeyCase(chance: Chance, same: Tampered): Tampered {
  const { key } = makeApiKey("live");
  const damaged = damagedText(chance, key);
  if (damaged !== key && parseApiKey(damaged) !== null) throw new Error(`a damaged key passes: ${damaged}`);
  return { ...same, genuine: null, token: key };
}
