import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isPublicAddress, mayConnect, readDestination } from "./index.ts";

const rules = { ownHosts: ["voice.ours.org"], allowsLoopback: false };

/** Addresses that must never be connected to, whatever resolved to them. */
const CLOSED_ADDRESSES = [
  ..."0.0.0.0 0.0.0.1 0.255.255.255 10.0.0.0 10.0.0.1 10.255.255.255 100.64.0.0 100.64.0.1 100.100.100.200 100.127.255.255".split(
    " ",
  ),
  ..."127.0.0.0 127.0.0.1 127.1.2.3 127.255.255.255 169.254.0.0 169.254.169.254 169.254.170.2 169.254.169.123 169.254.255.255".split(
    " ",
  ),
  ..."172.16.0.0 172.16.0.1 172.17.0.1 172.31.255.255 192.0.0.0 192.0.0.8 192.0.0.170 192.0.0.192 192.0.2.1 192.31.196.1".split(
    " ",
  ),
  ..."192.52.193.1 192.88.99.1 192.168.0.0 192.168.1.1 192.168.255.255 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.7".split(
    " ",
  ),
  ..."203.0.113.9 224.0.0.1 224.0.0.251 239.255.255.250 240.0.0.1 250.1.2.3 255.255.255.254 255.255.255.255".split(" "),
  ...":: ::1 ::2 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:8.8.8.8 ::ffff:7f00:1 ::ffff:a9fe:a9fe".split(
    " ",
  ),
  ..."::127.0.0.1 ::8.8.8.8 ::ffff:0:127.0.0.1 ::ffff:0:8.8.8.8 0:0:0:0:0:ffff:7f00:0001 0:0:0:0:0:0:0:1".split(" "),
  ..."64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::8.8.8.8 64:ff9b:1::1 64:ff9b:1:fffe::7f00:1 100::1 100:0:0:1::1".split(
    " ",
  ),
  ..."2001::1 2001::7f00:1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:1::1 2001:2::1 2001:10::1 2001:20::1 2001:1ff::1".split(
    " ",
  ),
  ..."2001:db8::1 2001:db8:ffff::1 2001:0db8:85a3::8a2e:370:7334 2002::1 2002:7f00:1:: 2002:a9fe:a9fe::1 2002:c0a8:101::".split(
    " ",
  ),
  ..."2620:4f:8000::1 3fff::1 3fff:fff::1 4000::1 5f00::1 6000::1 8000::1 c000::1 e000::1 f000::1 fc00::1 fc00::".split(
    " ",
  ),
  ..."fd00::1 fd00:ec2::254 fd12:3456:789a::1 fdff:ffff::1 fe00::1 fe80::1 fe80::a9fe:a9fe fe80::1%eth0 fe80::1%25eth0".split(
    " ",
  ),
  ..."fec0::1 feff::1 ff00::1 ff02::1 ff02::2 ff05::1:3 ff0e::1 1000::1 0100::1 0200::1 0400::1 0800::1".split(" "),
  // Not written as an address is written.
  ..."127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 017700000001 127.0.0.1. 127.0.0.01 127.00.0.1 8.8.8".split(
    " ",
  ),
  ..."8.8.8.256 8.8.8.-1 8.8.8.8.8 1e3.1.1.1 :::1 1::2::3 12345::1 g::1 2606:4700 2606:4700:::1 [2606:4700::1111]".split(
    " ",
  ),
  "",
  " 8.8.8.8",
  "8.8.8.8 ",
  "8.8.8.8\n",
  "８.8.8.8",
  "localhost",
  "example.org",
];

const OPEN_ADDRESSES =
  "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255 2606:4700:4700::1111 2001:4860:4860::8888 2a00:1450:4001:81b::200e 2600::1 3ffe:ffff::1 2003::1 2001:200::1".split(
    " ",
  );

/** URLs that a tenant may not send to, and the reason. */
const CLOSED_URLS: readonly (readonly [string, readonly string[]])[] = [
  ["not-public", CLOSED_ADDRESSES.slice(0, CLOSED_ADDRESSES.indexOf("::")).map((address) => `https://${address}/`)],
  [
    "not-public",
    "https://0x7f000001/ https://0x7f.0x0.0x0.0x1/ https://0177.0.0.1/ https://017700000001/ https://2130706433/ https://127.1/ https://127.0.1/ https://0/ https://0x0/ https://00/ https://0300.0250.0.1/ https://0xa9fea9fe/ https://2852039166/ https://0251.0376.0251.0376/ https://169.254.43518/ https://10.1/ https://192.168.257/ https://0xc0a80101/ https://127.0.0.1./ https://127.0.0.1:443/ https://127.0.0.1:8443/ https://%31%32%37.0.0.1/ https://127%2e0%2e0%2e1/".split(
      " ",
    ),
  ],
  [
    "not-public",
    "https://[::1]/ https://[::]/ https://[::ffff:127.0.0.1]/ https://[::ffff:a9fe:a9fe]/ https://[0:0:0:0:0:ffff:10.0.0.1]/ https://[64:ff9b::a9fe:a9fe]/ https://[2002:7f00:1::]/ https://[fe80::1]/ https://[fd00:ec2::254]/ https://[2001:db8::1]/ https://[ff02::1]/ https://[::127.0.0.1]/ https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/".split(
      " ",
    ),
  ],
  [
    "not-public",
    "https://localhost.localdomain.localhost/ https://api.localhost/ https://printer.local/ https://vault.internal/ https://metadata.google.internal/ https://metadata.google.internal./ https://nas.lan/ https://router.home/ https://x.home.arpa/ https://1.0.0.127.in-addr.arpa/ https://hidden.onion/ https://a.test/ https://a.example/ https://a.invalid/".split(
      " ",
    ),
  ],
  [
    "no-domain",
    "https://localhost/ https://localhost./ https://metadata/ https://kubernetes/ https://postgres:443/ https://redis/".split(
      " ",
    ),
  ],
  [
    "has-credentials",
    "https://user@example.org/ https://user:pass@example.org/ https://:pass@example.org/ https://example.org@127.0.0.1/ https://127.0.0.1:443@example.org/ https://example.org%2f@evil.org/ https://a@b@example.org/".split(
      " ",
    ),
  ],
  [
    "not-https",
    "http://example.org/ http://127.0.0.1/ http://localhost/ http://[::1]/ http://169.254.169.254/latest/meta-data/ http://voice.ours.org/".split(
      " ",
    ),
  ],
  [
    "closed-port",
    "https://example.org:80/ https://example.org:22/ https://example.org:25/ https://example.org:6379/ https://example.org:5432/ https://example.org:8080/ https://example.org:0/ https://example.org:65535/".split(
      " ",
    ),
  ],
  [
    "own-host",
    "https://voice.ours.org/ https://VOICE.OURS.ORG/ https://voice.ours.org./ https://node-1.voice.ours.org/".split(
      " ",
    ),
  ],
  [
    "not-a-url",
    [
      ..."ftp://example.org/ file:///etc/passwd gopher://example.org/ javascript:alert(1) data:text/plain,x ws://example.org/ wss://example.org/ //example.org/ example.org https:// https://:443/ https://[::1 https://[fe80::1%eth0]/ https://example.org:99999/ https://256.1.1.1/ https://1.2.3.4.5/".split(
        " ",
      ),
      "https://example.org/\r\nHost: evil",
      "https://example.org/\nX: y",
      "https://exa\tmple.org/",
      " https://example.org/",
      "https://example.org/ x",
      "https://example.org\\@evil.org/",
      "https:\\\\evil.org/",
      "https://１２７.0.0.1/",
      "https://ⓔxample.org/",
      "https://127。0。0。1/",
      "https://exämple.org/",
      `https://example.org/${"x".repeat(2048)}`,
      "https://example.org/\u0000",
      "https://example.org/\u007f",
    ],
  ],
];

describe("addresses", () => {
  test("none that is not the public internet's is connected to", () => {
    expect(CLOSED_ADDRESSES.filter(isPublicAddress)).toEqual([]);
    expect(OPEN_ADDRESSES.filter((address) => !isPublicAddress(address))).toEqual([]);
  });

  test("one closed address among those of a name closes the name", () => {
    const verdict = readDestination("https://hooks.example.org/", rules);
    if (verdict.kind !== "accepted") throw new Error(verdict.text);
    const { destination } = verdict;
    expect(mayConnect(["1.1.1.1", "2606:4700:4700::1111"], destination, rules)).toBe(true);
    expect(mayConnect([], destination, rules)).toBe(false);
    for (const closed of CLOSED_ADDRESSES)
      expect(mayConnect(["1.1.1.1", closed], destination, rules), closed).toBe(false);
  });

  test("an IPv4 address is public or not in each of its spellings inside IPv6: never, for those stand for something else", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublicAddress(`::ffff:${address}`)).toBe(false);
        expect(isPublicAddress(`64:ff9b::${address}`)).toBe(false);
      }),
    );
  });

  test("every private IPv4 address stays closed when it is written as a number, octal or hexadecimal in a URL", () => {
    const closedV4 = fc.oneof(
      fc.tuple(fc.constant(10), fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(127), fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(169), fc.constant(254), fc.nat(255), fc.nat(255)),
      fc.tuple(fc.constant(192), fc.constant(168), fc.nat(255), fc.nat(255)),
    );
    fc.assert(
      fc.property(closedV4, (parts) => {
        const number = parts.reduce((sum, part) => sum * 256 + part, 0);
        const spellings = [
          String(number),
          `0x${number.toString(16)}`,
          `0${number.toString(8)}`,
          parts.map((part) => `0x${part.toString(16)}`).join("."),
          parts.map((part) => `0${part.toString(8)}`).join("."),
          `${parts[0]}.${number - parts[0] * 2 ** 24}`,
        ];
        for (const spelling of spellings)
          expect(readDestination(`https://${spelling}/`, rules), spelling).toMatchObject({ reason: "not-public" });
      }),
    );
  });
});

describe("URLs", () => {
  test.each(CLOSED_URLS)("%s", (reason, urls) => {
    for (const url of urls) {
      const verdict = readDestination(url, rules);
      expect(verdict.kind === "refused" ? verdict.reason : url, url).toBe(reason);
    }
  });

  test("the corpus is as large as was asked for", () => {
    const urls = CLOSED_URLS.flatMap(([, list]) => list);
    expect(new Set([...urls, ...CLOSED_ADDRESSES]).size).toBeGreaterThanOrEqual(200);
  });

  test.each([
    ["https://hooks.example.org/a/b?c=d", { host: "hooks.example.org", port: 443, path: "/a/b?c=d" }],
    ["https://hooks.example.org:8443/", { host: "hooks.example.org", port: 8443, path: "/" }],
    ["https://xn--exmple-cua.org/x", { host: "xn--exmple-cua.org", port: 443, path: "/x" }],
    ["https://1.1.1.1/", { host: "1.1.1.1", port: 443, path: "/" }],
    ["https://[2606:4700:4700::1111]/", { host: "2606:4700:4700::1111", port: 443, path: "/" }],
  ])("%s is sent to", (url, destination) => {
    expect(readDestination(url, rules)).toMatchObject({ kind: "accepted", destination });
  });

  test("loopback is sent to where the installation allows it, and leads nowhere else", () => {
    const local = { ...rules, allowsLoopback: true };
    for (const url of ["http://127.0.0.1:9000/x", "http://localhost:9000/", "http://[::1]:9000/"]) {
      const verdict = readDestination(url, local);
      if (verdict.kind !== "accepted") throw new Error(verdict.text);
      expect(mayConnect(["127.0.0.1"], verdict.destination, local)).toBe(true);
      expect(mayConnect(["10.0.0.1"], verdict.destination, local)).toBe(false);
      expect(mayConnect(["127.0.0.1"], verdict.destination, rules)).toBe(false);
    }
    expect(readDestination("http://10.0.0.1/", local)).toMatchObject({ reason: "not-https" });
    expect(readDestination("http://example.org/", local)).toMatchObject({ reason: "not-https" });
  });
});
