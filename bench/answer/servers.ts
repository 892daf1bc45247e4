// One server of the answer benchmark, chosen by BENCH_SERVER: a media node with 200 deployments whose staff is to be rung (no vendor),
// or node:http that reads the same form, verifies the same HMAC and sends a document of the same size.
import { createHmac, timingSafeEqual } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agents, carriers } from "@tandem/catalog/inbound";
import { Secret } from "@tandem/kernel";
import { makeSealer, makeSealingKeys } from "@tandem/secrets";
import { makeLogger } from "@tandem/telemetry";
import { startMediaNode } from "../../apps/media/src/node/media-node.ts";
import { quietEngine } from "../../apps/media/test-support/recording-pipeline.ts";
import { bundleOf, connectionOf, deploymentOf, MemoryFeed, slotWith } from "../../apps/media/test-support/fixtures.ts";

const authToken = process.env["BENCH_AUTH_TOKEN"] ?? "";
const publicUrl = process.env["BENCH_PUBLIC_URL"] ?? "";
const DEPLOYMENTS = 200;

const day = [{ from: "00:00", to: "24:00" }];
const weekly = { monday: day, tuesday: day, wednesday: day, thursday: day, friday: day, saturday: day, sunday: day };
const bundle = bundleOf("bench", {
  answer: {
    schedule: { timeZone: "America/New_York", weekly, holidays: [], overrides: [] },
    whenOpen: { do: "ring-staff", numbers: ["+15550100020", "+15550100021"], ringSeconds: 20, noAnswer: "agent" },
    whenClosed: { do: "agent" },
  },
});

async function ours(): Promise<number> {
  const keys = await makeSealingKeys("bench");
  const sealer = await makeSealer(keys.publicJwk);
  const sealed = await sealer.seal(
    { tenantId: "t1", connectionId: "c-twilio", version: 1 },
    { authToken: new Secret(authToken) },
  );
  const feed = new MemoryFeed();
  for (let index = 0; index < DEPLOYMENTS; index++) {
    const ingressKey =
      index === 0 ? "0123456789abcdefghijklmnop" : `0123456789abcdefgh${String(index).padStart(8, "0")}`;
    const slots = { blue: slotWith(bundle, "agent_blue"), green: slotWith(bundle, "agent_green") };
    feed.put(
      deploymentOf({
        deploymentId: `d${index}`,
        ingressKey,
        slots,
        connections: { "c-twilio": connectionOf("twilio", sealed) },
      }),
      bundle,
    );
  }
  const node = await startMediaNode({
    host: "127.0.0.1",
    port: 0,
    publicUrl,
    node: "bench",
    dataDir: mkdtempSync(join(tmpdir(), "tandem-answer-")),
    ticketKey: new Secret("bench-ticket-key"),
    sealingPrivateKey: new Secret(keys.privateJwk),
    sandboxOrigins: {},
    pollMs: 1000,
    drainMs: 1000,
    toolDeadlineMs: 1000,
    vendors: { carriers, agents },
    engine: quietEngine(),
    feed,
    writer: { write: () => Promise.resolve() },
    log: makeLogger({ app: "media", level: "error", isPretty: false }),
  });
  return Number(new URL(node.origin).port);
}

function bare(): Promise<number> {
  const document = `<?xml version="1.0" encoding="UTF-8"?><Response><Dial action="${publicUrl}/action?token=${"x".repeat(480)}" timeout="20"><Number>+15550100020</Number><Number>+15550100021</Number></Dial></Response>`;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const form = [...new URLSearchParams(Buffer.concat(chunks).toString())].sort(([one], [other]) =>
        one < other ? -1 : 1,
      );
      const text = publicUrl + (request.url ?? "") + form.map(([name, value]) => name + value).join("");
      const wanted = createHmac("sha1", authToken).update(text).digest();
      const given = Buffer.from(String(request.headers["x-twilio-signature"]), "base64");
      const isGenuine = given.length === wanted.length && timingSafeEqual(given, wanted);
      response.writeHead(isGenuine ? 200 : 403, { "content-type": "text/xml", "content-length": document.length });
      response.end(document);
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
}

process.send?.({ port: await (process.env["BENCH_SERVER"] === "ours" ? ours() : bare()) });
