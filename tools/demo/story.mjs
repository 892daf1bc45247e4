// The story: a release is spoken with before it takes calls; a caller talks on while the next one takes over; rollback.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SandboxControl } from "@tandem/sandbox-host";
import { Callers, tellConversation } from "./callers.mjs";
import { startInstallation } from "./installation.mjs";
import { writeShortPlaybook } from "./short-playbook.mjs";
import { read, tandem } from "./tandem.mjs";

const DEPLOYMENT = "front-desk";
const QUESTION = "I have a question about my last bill. It can wait.";
const OLD_GREETING = "How can I help you";
const NEW_GREETING = "What can I do for you";
/** What probes leave in the vendors' ledgers: words heard, thought and said, whether cut short or not. Anything else is a write. */
const PROBES = new Set(["completion", "speech", "stt.segment", "stt.turn", "tts.utterance"]);

/** Tells it; 0 when every step happened. */
export async function demo() {
  console.log("Tandem demo: an installation of its own is starting …");
  const startedAt = performance.now();
  const installation = await startInstallation({
    TANDEM_SWEEP_INTERVAL_MS: "500",
    TANDEM_BAKE_CHECK_MS: "1000",
    TANDEM_POINTER_LAG_MS: "2000",
    TANDEM_SMOKE_CALLS: "8",
    TANDEM_SMOKE_SLACK_MS: "1000", // caller, carrier, providers and the release share this machine
  });
  try {
    await tell(installation);
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

async function tell({ environment, folder }) {
  const sandbox = new SandboxControl(`http://127.0.0.1:${environment.TANDEM_SANDBOX_CONTROL_PORT}`);
  const callers = new Callers(environment, DEPLOYMENT);
  for (const voice of ["cartesia", "elevenlabs", "deepgram"])
    await sandbox.setSettings(voice, { msPerCharacter: 30, timesRealTime: 20 });

  chapter("1. A deployment with nothing live");
  await publish(environment, folder, { version: "1.1.1", greeting: OLD_GREETING });
  await tandem(environment, ["deployments"]);
  const before = await deployment(environment);
  check(before.pointer.active === "none", "the pointer is none: calls still go where the number pointed before");
  const mark = (await sandbox.ledger()).at(-1)?.seq ?? 0;
  await tandem(environment, ["plan", DEPLOYMENT], { expect: [3] });
  const planned = await sandbox.ledger({ after: mark });
  check(
    planned.every(({ kind }) => PROBES.has(kind)),
    "planning asked every provider and wrote nothing at any vendor",
  );

  chapter("2. First rollout: blue is spoken with before it takes calls");
  await tandem(environment, ["apply", DEPLOYMENT, "--yes", "--bake", "1"]);
  await tellSmoke(environment);
  const first = await deployment(environment);
  check(
    first.pointer.active === "blue" && first.attached,
    "blue takes the calls and the number is attached to the ingress",
  );

  chapter("3. The next release waits in green, spoken with, while blue answers");
  await publish(environment, folder, { version: "1.1.2", greeting: NEW_GREETING });
  await tandem(environment, ["apply", DEPLOYMENT, "--yes", "--bake", "60", "--promotion", "manual", "--no-wait"]);
  await reach(environment, "awaiting-promotion");
  await tellSmoke(environment);

  chapter("4. Anna calls before the switch and talks on through it; Ben calls after it");
  const anna = await throughTheSwitch(environment, callers, first.number);
  const second = await deployment(environment);
  check(second.pointer.active === "green", `new calls go to green (generation ${second.pointer.generation})`);
  const ben = await conversation(callers, "Ben", { from: "+15550199002", to: first.number });
  check((await callers.session(ben)).slot === "green", "Ben's call was answered by green");
  check(said(ben, NEW_GREETING), `Ben was asked “${NEW_GREETING}?”: the new release's words`);
  await heard(anna, "Anna");
  check((await callers.session(anna)).slot === "blue", "Anna's call stayed on blue to its end");
  check(said(anna, OLD_GREETING) && !said(anna, NEW_GREETING), "Anna heard the old release only");

  chapter("5. Rollback");
  await tandem(environment, ["rollback", DEPLOYMENT, "--reason", "demo"]);
  const third = await deployment(environment);
  check(third.pointer.active === "blue", `new calls go to blue again (generation ${third.pointer.generation})`);
  await sleep(1200);
  const cleo = await conversation(callers, "Cleo", { from: "+15550199003", to: first.number });
  check(
    (await callers.session(cleo)).slot === "blue" && said(cleo, OLD_GREETING),
    "Cleo was answered by blue, in its words",
  );
  await reach(environment, "rolled-back");
  await tandem(environment, ["status", DEPLOYMENT]);

  chapter("6. What each vendor's ledger saw");
  await printLedger(sandbox);
}

/** A caller asks something on the old release; meanwhile calls are switched; she goes on talking. */
async function throughTheSwitch(environment, callers, to) {
  const steps = [
    { do: "hear", anyOf: [OLD_GREETING], withinMs: 20_000 },
    { do: "say", text: QUESTION },
    { do: "listen", withinMs: 20_000 },
    { do: "be-silent", forMs: 6000 },
    { do: "say", text: "This is Anna Example." },
    { do: "listen", withinMs: 20_000 },
    { do: "say", text: "The number I call from is fine." },
    { do: "listen", withinMs: 20_000 },
    { do: "hang-up" },
  ];
  let hasAsked;
  const asked = new Promise((resolve) => (hasAsked = resolve));
  const call = await callers.call("Anna", {
    from: "+15550199001",
    to,
    steps,
    onStep: (done) => done === 3 && hasAsked(),
  });
  await Promise.race([asked, call.ended]);
  console.log("  Anna has asked her question and was answered.");
  await tandem(environment, ["promote", DEPLOYMENT, "--reason", "demo"]);
  await reach(environment, "baking");
  return call;
}

async function conversation(callers, name, { from, to }) {
  const steps = [
    { do: "listen", withinMs: 20_000 },
    { do: "say", text: QUESTION },
    { do: "listen", withinMs: 20_000 },
    { do: "hang-up" },
  ];
  const call = await callers.call(name, { from, to, steps });
  return heard(call, name);
}

/** The call to its end, told and judged. */
async function heard(call, name) {
  call.told = tellConversation(name, await call.ended);
  check(call.told.isAsScripted, `${name}'s call went as scripted${call.told.why === "" ? "" : `: ${call.told.why}`}`);
  check(
    call.told.isFluent,
    `every answer came in time: the slowest after ${call.told.slowestMs} ms, the longest silence ${call.told.longestSilenceMs} ms`,
  );
  return call;
}

const lettersOf = (text) => text.toLowerCase().replaceAll(/[^a-z]/g, "");
const said = ({ told }, words) => lettersOf(told.words).includes(lettersOf(words));

async function publish(environment, folder, playbook) {
  const written = writeShortPlaybook(join(folder, `playbook-${playbook.version}`), playbook);
  await tandem(environment, ["playbooks", "publish", written]);
}

/** The smoke test's verdict and its scenarios; the whole of it is what `tandem status --smoke` prints. */
async function tellSmoke(environment) {
  const printed = await tandem(environment, ["status", DEPLOYMENT, "--smoke"], { isQuiet: true });
  console.log(`\n  $ tandem status ${DEPLOYMENT} --smoke`);
  for (const line of printed.split("\n")) if (/^(Smoke|  [a-z]+ {2,}|[✓✗–] )/.test(line)) console.log(`  ${line}`);
  const { items } = await read(environment, `/v1/deployments/${DEPLOYMENT}/rollouts?limit=1`);
  const report = await read(environment, `/v1/rollouts/${items[0].id}/smoke`);
  check(
    report.passed && report.level === "spoken",
    "the release was spoken with, and every conversation went as it must",
  );
}

const deployment = (environment) => read(environment, `/v1/deployments/${DEPLOYMENT}`);

async function newestRollout(environment) {
  const { items } = await read(environment, `/v1/deployments/${DEPLOYMENT}/rollouts?limit=1`);
  return items[0];
}

async function reach(environment, phase) {
  let seen = "";
  for (let attempt = 0; attempt < 900; attempt++) {
    const rollout = await newestRollout(environment);
    if (rollout.phase !== seen) console.log(`  … ${(seen = rollout.phase)}`);
    if (rollout.phase === phase) return;
    if (["held", "failed", "aborted", "succeeded"].includes(rollout.phase))
      throw new Error(`the rollout is ${rollout.phase} instead of ${phase}: ${JSON.stringify(rollout.reason)}`);
    await sleep(100);
  }
  throw new Error(`the rollout did not reach ${phase} in a minute and a half`);
}

async function printLedger(sandbox) {
  const counts = new Map();
  for (const { vendor, effect, kind } of await sandbox.ledger()) {
    const line = `${vendor.padEnd(10)} ${effect.padEnd(14)} ${kind}`;
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
