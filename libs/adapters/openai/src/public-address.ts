import { lookup as resolve, type LookupAddress, type LookupOptions } from "node:dns";
import { BlockList, isIPv6, type LookupFunction } from "node:net";

/** Addresses that are not out in the open: loopback, private, link-local, shared, reserved, multicast, and IPv4 wrapped in IPv6. */
const notPublic = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const)
  notPublic.addSubnet(network, prefix, "ipv4");

/** Only global unicast IPv6 is public; of it, not what wraps IPv4 or documents examples. */
const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");
const wrapped = new BlockList();
for (const [network, prefix] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  wrapped.addSubnet(network, prefix, "ipv6");

/** True for an address that anybody on the internet could mean. */
export const isPublicAddress = (address: string): boolean =>
  isIPv6(address)
    ? globalUnicast.check(address, "ipv6") && !wrapped.check(address, "ipv6")
    : !notPublic.check(address, "ipv4");

/** Resolves a name that a tenant chose: refused when any of its addresses is not public; the connection goes to what was checked. */
export const publicLookup: LookupFunction = (host, options: LookupOptions, told) => {
  resolve(host, { ...options, all: true }, (error, addresses: readonly LookupAddress[]) => {
    if (error) return told(error, "", 0);
    const [first] = addresses;
    if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
      return told(Object.assign(new Error("the name leads to no public address"), { code: "ENOTFOUND" }), "", 0);
    if (options.all === true) told(null, [...addresses]);
    else told(null, first.address, first.family);
  });
};
