/** Where to go after signing in: an address of ours only, else the overview. */
export function returnAddress(wanted: string | undefined): string {
  if (wanted === undefined || !wanted.startsWith("/")) return "/";
  const url = new URL(wanted, window.location.origin);
  const isOurs = url.origin === window.location.origin && !/^\/(sign-in|welcome|signed-in)/.test(url.pathname);
  return isOurs ? `${url.pathname}${url.search}${url.hash}` : "/";
}
