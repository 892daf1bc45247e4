import { afterAll, beforeAll, expect, test } from "vitest";
import { makeSealingKeys } from "@tandem/secrets";
import { type FreshDatabase, freshDatabase } from "../vitest.database.ts";
import { runApi } from "../apps/api/src/testing/running-api.ts";
import { firstRunLink, firstSignIn } from "./up/first-run.mjs";

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

test("the launcher gets a link that makes the first administrator, a new one each time, and none afterwards", async () => {
  const environment = {
    ...process.env,
    DATABASE_URL: database.appUrl,
    TANDEM_KEY_PEPPER: "pepper-for-tests",
    TANDEM_SEALING_PUBLIC_KEY: (await makeSealingKeys("test")).publicJwk,
    PORT: "4001",
  };
  const ask = () => firstRunLink(environment, { watch: true });
  const [older, link] = [await ask(), await ask()];
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:4001\/welcome#[\w-]{43}$/);
  const api = await runApi(database.appUrl);
  const claim = (from: string | null) =>
    api.ask(
      null,
      "POST",
      "/auth/claim",
      { token: from?.split("#")[1], email: "ada@example.org", name: "Ada", password: "correct horse battery" },
      { "sec-fetch-site": "same-origin" },
    );
  expect((await claim(older)).status).toBe(410);
  expect((await claim(link)).status).toBe(204);
  expect(await ask()).toBeNull();
  await api.close();
}, 60_000);

test("a link that cannot be made is told of, and stops nothing", async () => {
  const nowhere = { ...process.env, DATABASE_URL: "" };
  expect(await firstSignIn(nowhere, { watch: true })).toMatch(/could not be made.*Start again/);
}, 60_000);
