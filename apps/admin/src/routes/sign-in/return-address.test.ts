import { expect, test } from "vitest";
import { returnAddress } from "./return-address.ts";

test.each([
  ["/t/acme/audit?search=x#3", "/t/acme/audit?search=x#3"],
  [undefined, "/"],
  ["https://evil.example/", "/"],
  ["//evil.example/x", "/"],
  ["/\\evil.example", "/"],
  ["/sign-in?return=/sign-in", "/"],
])("%s leads to %s", (wanted, to) => expect(returnAddress(wanted)).toBe(to));
