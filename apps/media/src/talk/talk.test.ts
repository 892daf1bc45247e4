import { MULAW_SAMPLES, pcmToMulaw, renderTones, ToneReader } from "@tandem/audio";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { bundleOf, deploymentOf, greenBundle, slotWith } from "../../test-support/fixtures.ts";
import { type Harness, startHarness, ticketKey } from "../../test-support/node-harness.ts";
import { openPage, type PageBrowser } from "../../test-support/page-browser.ts";
import { quietEngine, type RecordingPipeline, recordingPipeline } from "../../test-support/recording-pipeline.ts";
import { runCommand } from "../node/operator-command.ts";

const FORMAT = { encoding: "mulaw", sampleRateHz: 8000 } as const;
const BLOCK = 1280;
const blue = bundleOf("blue", { agent: { kind: "tandem", language: "en-US", endpointingMs: 400, audio: FORMAT } });

let harness: Harness;
let pipeline: RecordingPipeline;

beforeEach(async () => {
  pipeline = recordingPipeline("hello person");
  harness = await startHarness({ engine: quietEngine(pipeline), drainMs: 20_000 });
  const slots = { blue: slotWith(blue, "agent_blue"), green: slotWith(greenBundle, "agent_green") };
  harness.feed.put(deploymentOf({ connections: harness.connections, slots }), blue, greenBundle);
  harness.feed.onMove?.("d1");
  // The command reads the node's copy on disk.
  while ((await command("talk", "front-desk")).code !== 0) await new Promise((resolve) => setTimeout(resolve, 10));
});

afterEach(() => harness.stop());

/** What an operator's command prints. */
async function command(...words: string[]): Promise<{ code: number; line: string }> {
  const lines: string[] = [];
  const settings = {
    dataDir: harness.dataDir,
    ticketKey,
    node: "node-1",
    host: "127.0.0.1",
    port: 0,
    publicUrl: harness.node.origin,
    streamUrl: null,
  };
  const code = await runCommand(settings, words, (line) => lines.push(line));
  return { code, line: lines.join("\n") };
}

const floatsOf = (mulaw: Uint8Array) => Float32Array.from(mulaw, (byte) => (MULAW_SAMPLES[byte] ?? 0) / 32_768);
function mulawOf(samples: Float32Array): Uint8Array {
  const mulaw = new Uint8Array(samples.length);
  pcmToMulaw(
    Int16Array.from(samples, (sample) => Math.round(sample * 32_768)),
    mulaw,
  );
  return mulaw;
}

/** Lets time pass on the browser's audio thread until something holds; collects the words that the speaker plays. */
async function listen(page: PageBrowser, heard: string[], isEnough: () => boolean): Promise<void> {
  const reader = new ToneReader(FORMAT, (event) => {
    if (event.type === "word") heard.push(event.text);
  });
  await eventually(() => {
    reader.push(mulawOf(page.pump(new Float32Array(BLOCK))));
    expect(isEnough()).toBe(true);
  });
}

test("a person talks to a slot: heard, hearing, marks as played, keys; the ticket is good once", async () => {
  const { code, line: address } = await command("talk", "front-desk", "blue");
  expect(code).toBe(0);
  const page = await openPage(address);
  page.click();
  await eventually(() => expect(pipeline.calls).toHaveLength(1));
  expect(page.state()).toContain("Connected");
  const call = pipeline.calls[0];
  expect(call?.call.session).toMatchObject({ kind: "trial", slot: "blue" });
  const heard: string[] = [];
  await listen(page, heard, () => heard.includes("person") && call?.marks.includes("hello person") === true);
  expect(heard).toEqual(["hello", "person"]);
  page.pump(new Float32Array(8 * BLOCK)); // a second's pause
  page.pump(floatsOf(renderTones("good evening ", FORMAT).audio));
  await listen(page, [], () => call?.heard.includes("evening") === true);
  page.press("7");
  await eventually(() => expect(call?.digits).toEqual(["7"]));
  call?.say("cut off before it is played");
  call?.line.clear();
  await eventually(() => expect(call?.marks).toContain("cut off before it is played"));
  page.click();
  await eventually(() => expect(page.state()).toBe("You have hung up."));
  expect(page.log).toEqual(
    ["Connected", "Agent speaks", "You speak", "You press 7", "Agent stops", "The call has ended"].map((line) =>
      expect.stringMatching(new RegExp(`^0:\\d\\d {2}${line}$`)),
    ),
  );
  await eventually(() =>
    expect([...harness.writer.sessions.values()][0]).toMatchObject({ kind: "trial", disposition: "trial" }),
  );

  const again = await openPage(address);
  again.click();
  await eventually(() => expect(again.state()).toContain("used already"));
  expect(pipeline.calls).toHaveLength(1);
});

test("a node that stops waits for the person who talks, although no slot counts them", async () => {
  const page = await openPage((await command("talk", "front-desk")).line);
  page.click();
  await eventually(() => expect(pipeline.calls).toHaveLength(1));
  expect(harness.node.state().deployments[0]?.liveCalls).toEqual({ blue: 0, green: 0 });
  let isOver = false;
  const drained = harness.node.drain().then(() => (isOver = true));
  await new Promise((resolve) => setTimeout(resolve, 600)); // longer than a look at who is left
  expect({ isOver, page: page.state() }).toEqual({ isOver: false, page: expect.stringContaining("Connected") });
  page.click();
  await drained;
  expect(page.state()).toBe("You have hung up.");
});

test("the command names what it needs, and an empty slot has nobody to talk to", async () => {
  expect((await command("talk", "front-desk")).line).toMatch(/\/talk#[0-9a-z]{26}\.[\w-]+\.[\w-]+$/);
  expect((await command("talk")).code).toBe(2);
  expect((await command("talk", "front-desk", "red")).code).toBe(2);
  expect((await command("talk", "nobody")).code).toBe(1);
  const slots = { blue: slotWith(blue, "agent_blue"), green: slotWith(null, "none") };
  harness.feed.put(deploymentOf({ connections: harness.connections, slots, mark: "2" }), blue);
  harness.feed.onMove?.("d1");
  await eventually(async () => expect(await command("talk", "front-desk", "green")).toMatchObject({ code: 1 }));
});

test("the page loads nothing but its own files, and says nothing about anybody", async () => {
  for (const path of ["/talk", "/talk/talk.js", "/talk/worklet.js", "/talk/talk.css", "/talk/icon.svg"]) {
    const response = await fetch(harness.node.origin + path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
  }
  const page = await openPage(`${harness.node.origin}/talk`);
  expect(page.state()).toContain("no ticket");
});
