import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callFromSandbox, runScript, toneVoice } from "@tandem/caller";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { freePort, number, openSpokenOffice, type SpokenOffice } from "../../test-support/spoken-office.ts";
import type { MediaNode } from "../node/media-node.ts";

let office: SpokenOffice;
let folders: string[];
/** The common address: what it reaches. */
let front: Server;
let behind: number;

beforeEach(async () => {
  folders = [];
  office = await openSpokenOffice();
  await office.node.close();
  front = createServer((client) => {
    const served = connect(behind, "127.0.0.1");
    client.pipe(served).pipe(client);
    for (const socket of [client, served]) socket.on("error", () => client.destroy());
  }).listen(Number(new URL(office.publicUrl).port), "127.0.0.1");
  await once(front, "listening");
});

afterEach(async () => {
  front.close();
  await office.stop();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

/** A node with a disk and a place for streams of its own. */
async function startNode(node: string): Promise<{ running: MediaNode; port: number }> {
  const port = await freePort();
  const dataDir = await mkdtemp(join(tmpdir(), `tandem-${node}-`));
  folders.push(dataDir);
  await office.start({ node, port, dataDir, streamUrl: `http://127.0.0.1:${port}` });
  return { running: office.node, port };
}

test("the node of a call dies: another resumes it on the same release with an excuse, and the caller goes on to the end", async () => {
  const first = await startNode("node-a");
  const second = await startNode("node-b");
  behind = first.port;
  const { controlOrigin } = office.sandbox;
  const line = await callFromSandbox({ controlOrigin, to: number, from: "+15550004001" });
  let steps = 0;
  const report = await runScript({
    line,
    voice: toneVoice(),
    steps: [
      { do: "hear", anyOf: ["front desk"], withinMs: 20_000 },
      { do: "listen", withinMs: 20_000 },
      { do: "say", text: "My name is Ada Lovelace." },
      { do: "listen", withinMs: 20_000 },
      { do: "hear", anyOf: ["line was interrupted"], withinMs: 20_000 },
      { do: "hear", anyOf: ["front desk"], withinMs: 20_000 },
      { do: "listen", withinMs: 20_000 },
      { do: "say", text: "My name is Ada Lovelace." },
      { do: "listen", withinMs: 20_000 },
      { do: "say", text: "I would like to know your opening hours." },
      { do: "expect-end", by: "hang-up", withinMs: 30_000 },
    ],
    onStep: () => {
      steps += 1;
      if (steps !== 4) return;
      behind = second.port;
      void first.running.close();
    },
  });
  expect(report.steps.filter(({ ok }) => !ok)).toEqual([]);
  await eventually(() =>
    expect(office.writer.of("stream-ended").map(({ payload }) => payload["attempt"])).toContain(2),
  );
  const started = office.writer.of("stream-started");
  expect(started.map(({ payload }) => payload["attempt"])).toEqual([1, 2]);
  expect(new Set(started.map(({ sessionId }) => sessionId)).size).toBe(1);
  expect(office.writer.of("leg-ended")[0]?.payload).toMatchObject({ leg: "stream", attempt: 1, ended: "lost" });
}, 120_000);
