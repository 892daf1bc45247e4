import { expect, test } from "vitest";
import { configOf, memberName, membersOf, stepsFor } from "./vendor-form.ts";

const google = {
  configSchema: {
    oneOf: [
      { properties: { auth: { const: "oauth" }, clientId: { type: "string" } }, required: ["auth", "clientId"] },
      { properties: { auth: { const: "service-account" }, subject: { type: "string" } }, required: ["auth"] },
    ],
  },
  setUp: [
    { text: "Choose", at: null, gives: ["auth"], onlyFor: null },
    { text: "Client", at: null, gives: ["clientId"], onlyFor: { member: "auth", value: "oauth" } },
    { text: "Key", at: null, gives: ["privateKey"], onlyFor: { member: "auth", value: "service-account" } },
  ],
};
const openai = {
  configSchema: {
    properties: { service: { default: "openai", enum: ["openai", "groq"] }, baseUrl: { type: "string" } },
  },
  setUp: [{ text: "Key", at: null, gives: ["apiKey"], onlyFor: { member: "service", value: "openai" } }],
};

test("a choice decides which members there are and which steps are shown", () => {
  const names = (values: Record<string, string>) => membersOf(google, values).map(({ name }) => name);
  expect([names({}), names({ auth: "oauth" }), names({ auth: "service-account" })]).toEqual([
    ["auth"],
    ["auth", "clientId"],
    ["auth", "subject"],
  ]);
  expect(membersOf(google, {})[0]).toMatchObject({ choices: ["oauth", "service-account"], isRequired: true });
  expect(membersOf(google, { auth: "oauth" })[1]?.isRequired).toBe(true);
  expect(stepsFor(google, { auth: "service-account" }).map(({ text }) => text)).toEqual(["Choose", "Key"]);
});

test("a default counts until something else is chosen, and is not sent", () => {
  expect(stepsFor(openai, {})).toHaveLength(1);
  expect(stepsFor(openai, { service: "groq" })).toHaveLength(0);
  expect(configOf(openai, { baseUrl: " https://x.example " })).toEqual({ baseUrl: "https://x.example" });
  expect(configOf(google, { auth: "service-account", clientId: "left over" })).toEqual({ auth: "service-account" });
});

test("members have names for people", () => {
  expect(["accountSid", "baseUrl", "clientId", "host"].map(memberName)).toEqual([
    "Account SID",
    "Base URL",
    "Client id",
    "Host",
  ]);
});
