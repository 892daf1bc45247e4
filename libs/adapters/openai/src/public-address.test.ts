import { createServer, type AddressInfo } from "node:net";
import { Agent, request } from "node:https";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isPublicAddress, publicLookup } from "./public-address.ts";

const byte = fc.integer({ min: 0, max: 255 });
const from = (...first: fc.Arbitrary<number>[]) =>
  fc.tuple(...[...first, byte, byte, byte, byte].slice(0, 4)).map((parts) => parts.join("."));
const only = fc.constant;
const between = (min: number, max: number) => fc.integer({ min, max });

/** Loopback, private, link-local, shared, test, multicast and reserved networks. */
const inside = fc.oneof(
  from(only(0)),
  from(only(10)),
  from(only(127)),
  from(only(100), between(64, 127)),
  from(only(169), only(254)),
  from(only(172), between(16, 31)),
  from(only(192), only(168)),
  from(only(192), only(0), only(0)),
  from(only(198), between(18, 19)),
  from(between(224, 255)),
);
const hex = (number: number) => number.toString(16);
/** An IPv4 address as IPv6 wraps it: mapped, compatible, NAT64, 6to4. */
const wrappings = (address: string): string[] => {
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
  const [high, low] = [hex(a * 256 + b), hex(c * 256 + d)];
  return [
    `::ffff:${address}`,
    `::ffff:${high}:${low}`,
    `::${high}:${low}`,
    `64:ff9b::${high}:${low}`,
    `2002:${high}:${low}::1`,
  ];
};

test("no address of an inner network is public, however it is wrapped", () => {
  fc.assert(
    fc.property(inside, (address) => {
      expect([address, ...wrappings(address)].filter(isPublicAddress)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test.each(["1.1.1.1", "8.8.8.8", "100.63.255.255", "172.32.0.1", "192.169.0.1", "2606:4700::1111", "2a00:1450::1"])(
  "%s is",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test("a name that leads inside is not even dialled", async () => {
  let dialled = 0;
  const server = createServer((socket) => {
    dialled += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const agent = new Agent({ lookup: publicLookup });
  const { port } = server.address() as AddressInfo;
  const failure = await new Promise<NodeJS.ErrnoException>((resolve) => {
    request({ host: "localhost", port, agent }).on("error", resolve).end();
  });
  expect(failure.code).toBe("ENOTFOUND");
  expect(failure.message).not.toContain("127.0.0.1");
  expect(dialled).toBe(0);
  agent.destroy();
  server.close();
});
