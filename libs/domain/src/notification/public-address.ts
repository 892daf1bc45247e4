/** IPv4 networks that are not for the public internet, as first address and prefix length (IANA special-purpose registry). */
const CLOSED_V4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];

/** IPv6: only what is given out for global unicast, less what in it stands for something else (Teredo, documentation, 6to4). */
const OPEN_V6 = [0x2000, 3] as const;
const CLOSED_V6: readonly (readonly [readonly number[], number])[] = [
  [[0x2001, 0], 23],
  [[0x2001, 0xdb8], 32],
  [[0x2002], 16],
  [[0x2620, 0x4f, 0x8000], 48],
  [[0x3fff, 0], 20],
];

const V4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

/** The number behind four plain decimal parts; null for every other way of writing it. */
function readV4(text: string): number | null {
  const parts = V4.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return null;
  return parts.reduce((number, part) => number * 256 + part, 0);
}

/** The eight groups of an IPv6 address; null when it is none, or names a zone. */
function readV6(text: string): readonly number[] | null {
  const halves = text.split("::");
  if (halves.length > 2 || !/^[0-9a-f:.]+$/i.test(text)) return null;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":").flatMap(groupsOf)));
  const flat = groups.flat();
  if (flat.some((group) => group === null)) return null;
  const missing = 8 - flat.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const [head = [], tail = []] = groups;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail] as number[];
}

function groupsOf(part: string): (number | null)[] {
  if (/^[0-9a-f]{1,4}$/i.test(part)) return [Number.parseInt(part, 16)];
  const v4 = readV4(part);
  return v4 === null ? [null] : [Math.floor(v4 / 65_536), v4 % 65_536];
}

const isWithinV4 = (address: number, [first, prefix]: readonly [string, number]): boolean => {
  const size = 2 ** (32 - prefix);
  return Math.floor(address / size) === Math.floor((readV4(first) ?? 0) / size);
};

function isWithinV6(groups: readonly number[], first: readonly number[], prefix: number): boolean {
  for (let bit = 0; bit < prefix; bit += 16) {
    const width = Math.min(16, prefix - bit);
    const shift = 16 - width;
    if ((groups[bit / 16] ?? 0) >> shift !== (first[bit / 16] ?? 0) >> shift) return false;
  }
  return true;
}

/**
 * True only for an address that anybody on the internet may be reached at: unicast, global, and not one that stands for another
 * (mapped, translated, tunnelled). Whatever cannot be read strictly is not public.
 */
export function isPublicAddress(text: string): boolean {
  const v4 = readV4(text);
  if (v4 !== null) return !CLOSED_V4.some((network) => isWithinV4(v4, network));
  const v6 = readV6(text);
  if (v6 === null || !isWithinV6(v6, [OPEN_V6[0]], OPEN_V6[1])) return false;
  return !CLOSED_V6.some(([first, prefix]) => isWithinV6(v6, first, prefix));
}

/** True for addresses of the machine itself: 127.0.0.0/8 and ::1. */
export function isLoopbackAddress(text: string): boolean {
  const v4 = readV4(text);
  if (v4 !== null) return Math.floor(v4 / 2 ** 24) === 127;
  return readV6(text)?.every((group, index) => group === (index === 7 ? 1 : 0)) ?? false;
}

/** True when the text is an address and no name. */
export const isAddress = (text: string): boolean => readV4(text) !== null || readV6(text) !== null;
