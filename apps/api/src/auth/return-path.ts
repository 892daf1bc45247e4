import { publicUrl } from "./public-origin.ts";

const LONGEST = 1000;

/** Where in our own pages somebody goes after signing in; `/` for what would lead elsewhere. */
export function returnPath(config: Parameters<typeof publicUrl>[0], wish: unknown): string {
  if (typeof wish !== "string" || wish.length > LONGEST || !/^\/(?![/\\])/.test(wish)) return "/";
  const origin = new URL(publicUrl(config)).origin;
  if (!URL.canParse(wish, origin)) return "/";
  const { origin: leadsTo, pathname, search, hash } = new URL(wish, origin);
  const path = `${pathname}${search}${hash}`;
  return leadsTo === origin && !path.startsWith("//") ? path : "/";
}
