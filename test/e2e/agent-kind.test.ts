import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { tandem } from "./harness/command-line.ts";
import { Installation } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";
import { connectProviders } from "./harness/provider-accounts.ts";

let database: FreshDatabase;
let installation: Installation;

beforeAll(async () => {
  database = await freshDatabase();
  installation = await Installation.start({ databases: database });
  await installation.worker();
});
afterAll(async () => {
  await installation?.stop();
  await database?.drop();
});

const run = ({ api }: Office, ...args: string[]) => tandem({ origin: api.origin, key: api.key }, args);

/** What a rollout wrote at the agent's vendor, in order: `effect kind`. Calls of the smoke test are not counted. */
async function rolledOut(office: Office): Promise<string[]> {
  const before = (await office.ledger()).at(-1)?.seq ?? 0;
  await office.rollOut();
  const rows = await office.ledger(before);
  return rows
    .filter(({ vendor, kind }) => vendor === "retell" && kind !== "voice-agent.call")
    .map(({ effect, kind }) => `${effect} ${kind}`);
}

test("a deployment moves from the vendor's model to our engine behind the hosted agent, and back, slot by slot", async () => {
  const office = await Office.open(installation);
  const made = ["create voice-agent.llm", "create voice-agent.agent", "publish voice-agent.agent"];
  expect(await rolledOut(office)).toEqual(made);

  await office.set({ agentKind: "custom-llm" });
  const refused = await run(office, "plan", "front-desk");
  expect(refused).toMatchObject({ code: 2, err: expect.stringContaining("provider.groq") as string });
  const providers = await connectProviders(office.api);
  const vendors = await run(office, "connections", "vendors");
  const named = ["openai", "groq", "together"] as const;
  for (const name of named) expect(vendors.out).toContain(`provider.${name}`);
  const assignments = named.map((name) => `provider.${name}=${providers[`provider.${name}`]}`);
  expect((await run(office, "deployments", "connect", "front-desk", ...assignments)).code).toBe(0);

  expect(await rolledOut(office)).toEqual(["create voice-agent.agent", "publish voice-agent.agent"]);
  await office.set({ voice: "11labs-Myra" });
  const [first, ...rest] = await rolledOut(office);
  expect(first).toBe("delete voice-agent.agent");
  expect(rest.toSorted()).toEqual(["create voice-agent.agent", "delete voice-agent.llm", "publish voice-agent.agent"]);

  await office.set({ agentKind: "retell-llm" });
  expect((await run(office, "deployments", "connect", "front-desk", "provider.groq=")).code).toBe(0);
  expect(await rolledOut(office)).toEqual(["delete voice-agent.agent", ...made]);
});
