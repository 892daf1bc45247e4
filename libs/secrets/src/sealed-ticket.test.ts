import { Secret } from "@tandem/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openTicket, sealTicket } from "./sealed-ticket.ts";

const key = new Secret("k".repeat(40));
const NOW = 1_800_000_000_000;

test("a sealed ticket opens to what was sealed, and shows nothing of it", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 6, maxLength: 60 }), fc.integer(), (name, number) => {
      const ticket = sealTicket(key, "outbound-call", { name, number }, NOW + 1);
      expect(openTicket(key, "outbound-call", ticket, NOW)).toEqual({ name, number });
      expect(Buffer.from(ticket, "base64url").includes(name)).toBe(false);
      expect(ticket).toMatch(/^[\w-]+$/);
    }),
  );
});

test("expired, with another key, or changed in any place it does not open", () => {
  const ticket = sealTicket(key, "outbound-call", { name: "Ada" }, NOW);
  expect(openTicket(key, "outbound-call", ticket, NOW)).toBeUndefined();
  const good = sealTicket(key, "outbound-call", { name: "Ada" }, NOW + 1);
  expect(openTicket(new Secret("another"), "outbound-call", good, NOW)).toBeUndefined();
  const bytes = Buffer.from(good, "base64url");
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(openTicket(key, "outbound-call", changed.toString("base64url"), NOW)).toBeUndefined();
  }
  for (const wrong of ["", "x", "====", good.slice(1), good.slice(0, 30), "A".repeat(5000)])
    expect(openTicket(key, "outbound-call", wrong, NOW)).toBeUndefined();
});

test("what fits in no URL is refused", () => {
  expect(() => sealTicket(key, "outbound-call", "x".repeat(3000), NOW)).toThrow(RangeError);
});
