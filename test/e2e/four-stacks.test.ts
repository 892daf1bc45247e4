import type { CallerStep } from "@tandem/domain/manifest";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../vitest.database.ts";
import { sessionOf } from "./harness/carrier.ts";
import { tandem } from "./harness/command-line.ts";
import { goLive } from "./harness/go-live.ts";
import { Installation } from "./harness/installation.ts";
import { Office } from "./harness/office.ts";
import { eventually } from "./harness/patience.ts";
import { speakFast, talk } from "./harness/spoken.ts";

let database: FreshDatabase;
let installation: Installation;
let office: Office;

beforeAll(async () => {
  database = await freshDatabase();
  installation = await Installation.start({ databases: database });
  await speakFast(installation);
  await installation.worker();
  office = await Office.open(installation, { slug: "stacks", agentKind: "tandem" });
  await goLive(office);
}, 600_000);
afterAll(async () => {
  await installation?.stop();
  await database?.drop();
});

const CALL: readonly CallerStep[] = [
  { do: "listen", withinMs: 30_000 },
  { do: "say", text: "I have a question about my last bill. It can wait." },
  { do: "listen", withinMs: 30_000 },
  { do: "hang-up" },
];

let caller = 2_000;
async function call(): Promise<void> {
  caller += 1;
  const placed = await talk(office, `+1555019${caller}`, CALL);
  await placed.ended;
  await eventually("the call is over", async () =>
    (await sessionOf(office, placed.callId)).endedAt === null ? undefined : true,
  );
}

interface Health {
  readonly stacks: readonly {
    readonly stack: string;
    readonly word: string;
    readonly figures: readonly { readonly name: string; readonly count: number }[];
  }[];
}

/** Each stack with the figures that tell against it. */
async function health(): Promise<Record<string, readonly string[]>> {
  const { stacks } = (await office.api.get(`/v1/deployments/${office.deploymentId}/health`)) as Health;
  return Object.fromEntries(
    stacks.map(({ stack, figures }) => [stack, figures.filter(({ count }) => count > 0).map(({ name }) => name)]),
  );
}

const told: Record<string, readonly string[]> = { telephony: [], audio: [], intelligence: [], output: [] };

/** A fault lands in its stack, and in no other. */
async function landsIn(stack: string, figure: string): Promise<void> {
  told[stack] = [figure];
  await eventually(`${figure} is told of ${stack}`, async () =>
    (await health())[stack]?.includes(figure) === true ? true : undefined,
  );
  expect(await health()).toEqual(told);
}

test("a fault that is seeded in the sandbox lands in the stack that is at fault, and in no other", async () => {
  await call();
  expect(await health()).toEqual(told);

  const voice = await installation.sandbox.setFault({
    vendor: "cartesia",
    method: "WS",
    times: null,
    fault: { do: "fail-before", status: 500 },
  });
  await call();
  await installation.sandbox.clearFaults(voice);
  await landsIn("output", "voice-failures");

  await installation.sandbox.setFault({ vendor: "openai", method: "POST", fault: { do: "fail-before", status: 500 } });
  await call();
  await landsIn("intelligence", "model-failures");

  await installation.sandbox.setFault({
    vendor: "deepgram",
    method: "WS",
    path: "listen",
    fault: { do: "fail-before", status: 500 },
  });
  await call();
  await landsIn("audio", "recognition-failures");

  await installation.sandbox.act("twilio", "editNumber", {
    number: office.number,
    form: { VoiceFallbackUrl: "https://somewhere.example/else" },
  });
  await tandem(office.api, ["drift", office.deployment]);
  await landsIn("telephony", "drift");

  const { items } = (await office.api.get("/v1/attention")) as { items: { kind: string }[] };
  expect(items.map(({ kind }) => kind)).toContain("drift");
}, 300_000);
