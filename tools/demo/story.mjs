// The story: first rollout to blue, a call, a second rollout to green beside it, rollback.
import { setTimeout as sleep } from "node:timers/promises";
import { SandboxControl } from "@tandem/sandbox-host";
import { startInstallation } from "./installation.mjs";
import { read, tandem } from "./tandem.mjs";

const DEPLOYMENT = "front-desk";

/** Tells it; 0 when every step happened. */
export async function demo() {
  console.log("Tandem demo: an installation of its own is starting …");
  const startedAt = performance.now();
  const installation = await startInstallation({ TANDEM_SWEEP_INTERVAL_MS: "1000", TANDEM_BAKE_CHECK_MS: "1000" });
  try {
    await tell(installation.environment);
    console.log(`\nThe demo is over: every step happened (${((performance.now() - startedAt) / 1000).toFixed(1)} s).`);
    return 0;
  } catch (error) {
    console.error(
      `\nThe demo failed: ${error.message}\n\nThe last lines of the installation:\n${installation.log().slice(-3000)}`,
    );
    return 1;
  } finally {
    await installation.stop();
  }
}

async function tell(environment) {
  const sandbox = new SandboxControl(`http://127.0.0.1:${environment.TANDEM_SANDBOX_CONTROL_PORT}`);
  const callers = new Callers(environment, sandbox);

  chapter("1. A deployment with nothing live");
  await tandem(environment, ["deployments"]);
  const before = await deployment(environment);
  check(before.pointer.active === "none", "the pointer is none: calls still go where the number pointed before");
  await tandem(environment, ["plan", DEPLOYMENT], { expect: [3] });
  const planned = await sandbox.ledger();
  check(
    planned.every(({ effect }) => effect === "read" || effect === "call-placed"),
    "planning wrote nothing at any vendor",
  );

  chapter("2. First rollout: blue");
  await tandem(environment, ["apply", DEPLOYMENT, "--yes", "--bake", "2"]);
  const first = await deployment(environment);
  check(
    first.pointer.active === "blue" && first.attached,
    "blue takes the calls and the number is attached to the ingress",
  );

  chapter("3. A caller dials");
  const anna = await callers.dial("+15550199001", first.number);
  check(anna.slot === "blue", `Anna's call ${anna.callId} is answered by blue: ${anna.connected}`);

  chapter("4. A changed configuration goes to green, beside the call");
  await tandem(environment, ["deployments", "set", DEPLOYMENT, "voice=11labs-Myra", "callbackMinutes=30"]);
  await tandem(environment, ["plan", DEPLOYMENT], { expect: [3] });
  const rollout = tandem(environment, ["apply", DEPLOYMENT, "--yes", "--bake", "20", "--no-wait"]);
  await rollout;
  await reach(environment, "baking");
  const second = await deployment(environment);
  check(second.pointer.active === "green", `new calls go to green (generation ${second.pointer.generation})`);
  check(await callers.isUp(anna), "Anna is still talking to blue: her call did not move");
  const ben = await callers.dial("+15550199002", second.number);
  check(ben.slot === "green", `Ben's call ${ben.callId} is answered by green: ${ben.connected}`);
  check(ben.connected !== anna.connected, "Ben hears another agent version than Anna");

  chapter("5. Rollback");
  await tandem(environment, ["rollback", DEPLOYMENT, "--reason", "demo"]);
  const third = await deployment(environment);
  check(third.pointer.active === "blue", `new calls go to blue again (generation ${third.pointer.generation})`);
  await sleep(1200);
  const cleo = await callers.dial("+15550199003", third.number);
  check(cleo.slot === "blue", `Cleo's call ${cleo.callId} is answered by blue: ${cleo.connected}`);
  check(await callers.isUp(ben), "Ben is still talking to green");
  for (const caller of [anna, ben, cleo]) await callers.hangUp(caller);
  await reachEnd(environment);
  await tandem(environment, ["status", DEPLOYMENT]);

  chapter("6. What each vendor's ledger saw");
  await printLedger(sandbox);
}

/** People with telephones, and what our own session rows say of their calls. */
class Callers {
  constructor(environment, sandbox) {
    Object.assign(this, { environment, sandbox });
  }

  async dial(from, to) {
    const call = await this.sandbox.act("twilio", "placeCall", { from, to });
    const session = await this.session(call.callSid);
    return { callId: call.callSid, slot: session.slot, connected: describe(call.connected) };
  }

  async isUp({ callId, slot }) {
    const call = await this.sandbox.act("twilio", "describeCall", { callSid: callId });
    const session = await this.session(callId);
    return call.status === "in-progress" && session.slot === slot && session.endedAt === null;
  }

  hangUp({ callId }) {
    return this.sandbox.act("twilio", "endCall", { callSid: callId });
  }

  /** Session rows come through the spool: give them a moment. */
  async session(callId) {
    for (let attempt = 0; attempt < 100; attempt++) {
      const { items } = await read(this.environment, `/v1/deployments/${DEPLOYMENT}/sessions?limit=50`);
      const session = items.find((item) => item.callId === callId);
      if (session !== undefined) return session;
      await sleep(100);
    }
    throw new Error(`no session row for call ${callId} after 10 s`);
  }
}

const describe = (connected) =>
  typeof connected === "string"
    ? connected
    : Object.entries(connected)
        .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`)
        .join(", ");

const deployment = (environment) => read(environment, `/v1/deployments/${DEPLOYMENT}`);

async function newestRollout(environment) {
  const { items } = await read(environment, `/v1/deployments/${DEPLOYMENT}/rollouts?limit=1`);
  return items[0];
}

async function reach(environment, phase) {
  let seen = "";
  for (let attempt = 0; attempt < 600; attempt++) {
    const rollout = await newestRollout(environment);
    if (rollout.phase !== seen) console.log(`  … ${(seen = rollout.phase)}`);
    if (rollout.phase === phase) return;
    if (["held", "failed", "aborted", "succeeded"].includes(rollout.phase))
      throw new Error(`the rollout is ${rollout.phase} instead of ${phase}: ${JSON.stringify(rollout.reason)}`);
    await sleep(100);
  }
  throw new Error(`the rollout did not reach ${phase} within a minute`);
}

async function reachEnd(environment) {
  for (let attempt = 0; attempt < 600; attempt++) {
    const { phase, reason } = await newestRollout(environment);
    if (phase === "rolled-back") return;
    if (phase === "held" || phase === "failed") throw new Error(`the rollback is ${phase}: ${JSON.stringify(reason)}`);
    await sleep(100);
  }
  throw new Error("the rollout was not rolled-back within a minute");
}

async function printLedger(sandbox) {
  const counts = new Map();
  for (const { vendor, effect, kind } of await sandbox.ledger()) {
    const line = `${vendor.padEnd(8)} ${effect.padEnd(14)} ${kind}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  for (const [line, count] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`  ${String(count).padStart(4)} × ${line}`);
  check(counts.size > 0, "every line above is a true effect in an emulated vendor");
}

const chapter = (title) => console.log(`\n── ${title} ${"─".repeat(Math.max(0, 90 - title.length))}`);

function check(isTrue, claim) {
  if (!isTrue) throw new Error(`not so: ${claim}`);
  console.log(`  ✓ ${claim}`);
}
