import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SandboxControl } from "@tandem/sandbox-host";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isPortFree } from "../../tools/embedded-postgres.mjs";
import { workspaceRoot } from "../../tools/projects.mjs";
import { nodePath } from "../../tools/up/processes.mjs";
import { tandem } from "./harness/command-line.ts";
import { eventually } from "./harness/patience.ts";
import { claimPort } from "./harness/ports.ts";
import { TandemApi } from "./harness/tandem-api.ts";

const VARIABLES = [
  "PORT",
  "TANDEM_MEDIA_PORT",
  "TANDEM_WORKER_PORT",
  "TANDEM_SANDBOX_CONTROL_PORT",
  "TANDEM_SANDBOX_TWILIO_PORT",
  "TANDEM_SANDBOX_RETELL_PORT",
  "TANDEM_SANDBOX_GOOGLE_PORT",
  "TANDEM_SANDBOX_HUBSPOT_PORT",
  "TANDEM_SANDBOX_DEEPGRAM_PORT",
  "TANDEM_SANDBOX_CARTESIA_PORT",
  "TANDEM_SANDBOX_ELEVENLABS_PORT",
  "TANDEM_SANDBOX_OPENAI_PORT",
  "TANDEM_POSTGRES_PORT",
] as const;

const folder = mkdtempSync(join(tmpdir(), "tandem-e2e-start-"));
const ports: Record<string, string> = {};

beforeAll(async () => {
  for (const variable of VARIABLES) ports[variable] = String(await claimPort());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `npm start` runs, in a data folder that outlives it. */
async function start() {
  const environment = {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    TANDEM_SWEEP_INTERVAL_MS: "500",
    TANDEM_BAKE_CHECK_MS: "500",
    TANDEM_SMOKE_CALLS: "3",
    TANDEM_SMOKE_SLACK_MS: "8000",
    ...ports,
    TANDEM_DATA_DIR: folder,
  };
  const child = spawn(nodePath, [join(workspaceRoot, "tools/up.mjs")], {
    cwd: workspaceRoot,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (log += chunk.toString()));
  await eventually(
    "npm start is up",
    async () => {
      if (child.exitCode !== null) throw new Error(log.slice(-3000));
      return log.includes("Ctrl-C stops everything") ? true : undefined;
    },
    90_000,
  );
  const key = readFileSync(join(folder, "demo-key"), "utf8").trim();
  return {
    log: () => log,
    api: new TandemApi(`http://127.0.0.1:${ports["PORT"]}`, key),
    sandbox: new SandboxControl(`http://127.0.0.1:${ports["TANDEM_SANDBOX_CONTROL_PORT"]}`),
    stop: async () => {
      const gone = once(child, "exit");
      child.kill("SIGINT");
      return (await gone) as [number | null, string | null];
    },
  };
}

type Call = {
  readonly callSid: string;
  readonly status: string;
  readonly connected: { readonly to: string };
};

test("the first command that npm start prints works; a second start finds everything and answers calls as before", async () => {
  const first = await start();
  const [, printed = ""] = /Try it: +(.*)/.exec(first.log()) ?? [];
  expect(printed).toContain("npx tandem plan front-desk");
  const plan = await tandem(first.api, ["plan", "front-desk"]);
  expect([plan.code, plan.err]).toEqual([3, ""]);
  for (const vendor of ["cartesia", "elevenlabs", "deepgram"])
    await first.sandbox.setSettings(vendor, { msPerCharacter: 30, timesRealTime: 20 });
  const applied = await tandem(first.api, ["apply", "front-desk", "--yes", "--bake", "1"]);
  expect(applied.code, applied.out + applied.err).toBe(0);
  const { number } = await first.api.get("/v1/deployments/front-desk");
  const anna = await first.sandbox.act<Call & Record<string, never>>("twilio", "placeCall", {
    to: number,
    from: "+15550190001",
  });
  expect(anna).toMatchObject({ status: "in-progress", connected: { to: "stream" } });
  expect(await first.stop()).toEqual([0, null]);
  for (const port of Object.values(ports))
    expect(await isPortFree(Number(port)), `port ${port} is still taken`).toBe(true);
  expect(existsSync(join(folder, "postgres/postmaster.pid"))).toBe(false);
  expect(existsSync(join(folder, "launcher.pid"))).toBe(false);

  const second = await start();
  try {
    const detail = await second.api.get("/v1/deployments/front-desk");
    expect(detail).toMatchObject({ pointer: { active: "blue", generation: 1 }, attached: true });
    const ben = await second.sandbox.act<Call & Record<string, never>>("twilio", "placeCall", {
      to: number,
      from: "+15550190002",
    });
    expect(ben).toMatchObject({ status: "in-progress", connected: { to: "stream" } });
    await second.sandbox.act("twilio", "endCall", { callSid: ben.callSid });
    await second.sandbox.act("twilio", "endCall", { callSid: anna.callSid });
    await eventually(
      "both calls are kept and over",
      async () => {
        const { items } = (await second.api.get("/v1/deployments/front-desk/sessions")) as {
          items: { callId: string; endedAt: string | null }[];
        };
        const ended = items.filter(
          ({ callId, endedAt }) => [anna.callSid, ben.callSid].includes(callId) && endedAt !== null,
        );
        return ended.length === 2 ? true : undefined;
      },
      100_000,
    );
    const same = await tandem(second.api, ["plan", "front-desk", "--json"]);
    expect(
      same
        .json()
        .changes.filter(
          ({ owner, action }: { owner: string; action: string }) => owner !== "slot" && action !== "no-op",
        ),
    ).toEqual([]);
  } finally {
    await second.stop();
  }
}, 400_000);
