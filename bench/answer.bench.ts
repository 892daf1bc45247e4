// Answer without a vendor: signed webhook → pin → carrier document, beside a bare node:http server that verifies the same HMAC over
// the same form. Bar (issue 2 §4): ≤ 20 ms median. Two loads: one caller after the other, and 20 at once.
import { fork } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";
import { bar, interleave, median, quantile, report } from "./measure.ts";

const ROUNDS = 7;
const CALLS = 400;
const AT_ONCE = 20;
const AUTH_TOKEN = "bench-auth-token";
const PATH = "/voice/0123456789abcdefghijklmnop";
const PUBLIC_URL = "https://calls.example.com";

interface Contender {
  readonly name: string;
  readonly port: number;
}

const children = ["ours", "bare"].map((name) => {
  const environment = {
    ...process.env,
    BENCH_SERVER: name,
    BENCH_AUTH_TOKEN: AUTH_TOKEN,
    BENCH_PUBLIC_URL: PUBLIC_URL,
  };
  return { name, child: fork(fileURLToPath(new URL("answer/servers.ts", import.meta.url)), { env: environment }) };
});
const contenders = await Promise.all(
  children.map(
    ({ name, child }) =>
      new Promise<Contender>((resolve, reject) => {
        child.once("message", (message) => resolve({ name, port: (message as { port: number }).port }));
        child.once("exit", () => reject(new Error(`${name} did not start`)));
      }),
  ),
);

/** A signed webhook of a fresh call by a fresh caller, so that every answer pins and records. */
function signedCall(): { body: string; signature: string } {
  const form: Record<string, string> = {
    AccountSid: `AC${"0".repeat(32)}`,
    ApiVersion: "2010-04-01",
    CallSid: `CA${randomBytes(16).toString("hex")}`,
    CallStatus: "ringing",
    Direction: "inbound",
    From: `+1555${String(randomBytes(4).readUInt32BE(0) % 10_000_000).padStart(7, "0")}`,
    To: "+15550100001",
  };
  const text =
    PUBLIC_URL +
    PATH +
    Object.keys(form)
      .toSorted()
      .map((name) => name + form[name])
      .join("");
  return {
    body: new URLSearchParams(form).toString(),
    signature: createHmac("sha1", AUTH_TOKEN).update(text).digest("base64"),
  };
}

const connections = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

/** Milliseconds from sending the webhook to the whole document. */
function answerMs(port: number): Promise<number> {
  const { body, signature } = signedCall();
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-twilio-signature": signature,
    "content-length": body.length,
  };
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      { port, host: "127.0.0.1", method: "POST", path: PATH, headers, agent: connections },
      (response) => {
        let document = "";
        response.on("data", (chunk: Buffer) => (document += chunk.toString()));
        response.on("end", () =>
          response.statusCode === 200 && document.includes("<Dial")
            ? resolve(performance.now() - startedAt)
            : reject(new Error(`${response.statusCode} ${document}`)),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

async function medianOf(port: number, atOnce: number, tail?: number[]): Promise<number> {
  const times: number[] = [];
  const one = async () => {
    for (let call = 0; call < CALLS / atOnce; call++) times.push(await answerMs(port));
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  tail?.push(quantile(times, 0.99));
  return median(times);
}

try {
  const tails: number[] = [];
  const alone = await interleave(
    contenders.map(({ name, port }) => ({ name, run: () => medianOf(port, 1, name === "ours" ? tails : undefined) })),
    ROUNDS,
  );
  const together = await interleave(
    contenders.map(({ name, port }) => ({ name, run: () => medianOf(port, AT_ONCE) })),
    ROUNDS,
  );
  const [ours, bare] = [median(alone["ours"] ?? []), median(alone["bare"] ?? [])];
  const [oursBusy, bareBusy] = [median(together["ours"] ?? []), median(together["bare"] ?? [])];
  console.log(
    `one after the other   ours ${ours.toFixed(3)} ms   bare ${bare.toFixed(3)} ms   ours p99 ${median(tails).toFixed(2)} ms`,
  );
  console.log(`${AT_ONCE} at once            ours ${oursBusy.toFixed(3)} ms   bare ${bareBusy.toFixed(3)} ms`);
  console.log(bar("answer without a vendor, median", ours, "≤", 20, "ms"));
  console.log(
    `ratio to bare node:http with the same HMAC: ${(ours / bare).toFixed(2)} × alone, ${(oursBusy / bareBusy).toFixed(2)} × at ${AT_ONCE}`,
  );
  report("answer", { medianMs: ours, p99Ms: median(tails), ratioAlone: ours / bare, ratioBusy: oursBusy / bareBusy });
} finally {
  for (const { child } of children) child.kill("SIGKILL");
}
process.exit(0);
