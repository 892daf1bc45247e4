// Calls of our own engine at a node with a pipeline that a test can pull the strings of.
import { expect } from "vitest";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { MediaNodeOptions } from "../src/node/media-node.ts";
import { eventually } from "./eventually.ts";
import { bundleOf, deploymentOf, greenBundle, pointerAt, slotWith } from "./fixtures.ts";
import { type CarrierAnswer, type Harness, INGRESS_KEY, startHarness } from "./node-harness.ts";
import { quietEngine, type RecordedCall, type RecordingPipeline, recordingPipeline } from "./recording-pipeline.ts";
import { openStream, type StreamClient } from "./stream-client.ts";

const voice = `/voice/${INGRESS_KEY}`;
export const agent = {
  kind: "tandem",
  language: "en-US",
  endpointingMs: 400,
  audio: { encoding: "mulaw", sampleRateHz: 8000 },
} as const;
/** The release in the active slot. */
export const blue = bundleOf("blue", { agent });
export const callSid = (digit: string): string => `CA${digit.repeat(32)}`;
export const CALL = callSid("a");

export interface Talk {
  readonly client: StreamClient;
  readonly recorded: RecordedCall;
  /** Path of the action address. */
  readonly action: string;
}

export interface StreamScene {
  readonly harness: Harness;
  readonly pipeline: RecordingPipeline;
  serve(bundle?: ReleaseBundle, generation?: number): Promise<void>;
  dial(headers?: Record<string, string>, key?: string): Promise<StreamClient>;
  /** A call rings; the ticket and the action address of its document. */
  answer(call?: string, from?: string): Promise<CarrierAnswer & { readonly ticket: string }>;
  /** A call whose stream has started. */
  talk(call?: string): Promise<Talk>;
  close(): Promise<void>;
}

/** `failAtFrame`: the pipeline breaks at this frame of each call. */
export async function openStreamScene(
  change: Partial<MediaNodeOptions> = {},
  failAtFrame?: number,
): Promise<StreamScene> {
  const pipeline = recordingPipeline("hello caller", failAtFrame);
  const harness = await startHarness({ engine: quietEngine(pipeline), ...change });
  const open: StreamClient[] = [];
  const scene: StreamScene = {
    harness,
    pipeline,
    serve: async (bundle = blue, generation = 1) => {
      const slots = { blue: slotWith(bundle, "agent_blue"), green: slotWith(greenBundle, "agent_green") };
      const pointer = pointerAt(generation, "blue");
      harness.feed.put(deploymentOf({ connections: harness.connections, slots, pointer }), bundle, greenBundle);
      harness.feed.onMove?.("d1");
      await eventually(() => expect(harness.node.state().deployments[0]?.generation).toBe(generation));
    },
    dial: async (headers = {}, key = INGRESS_KEY) => {
      const client = await openStream(`${harness.node.origin.replace("http", "ws")}/stream/${key}`, headers);
      open.push(client);
      return client;
    },
    answer: async (call = CALL, from = "+15550000001") => {
      const reply = await harness.carrier(voice, { CallSid: call, From: from });
      const ticket = /<Parameter name="ticket" value="([^"]+)"/.exec(reply.document)?.[1] ?? "";
      return { ...reply, ticket };
    },
    talk: async (call = CALL) => {
      const { ticket, action } = await scene.answer(call, `+1555000${call.charCodeAt(2)}`.padEnd(12, "0"));
      const client = await scene.dial();
      client.connected();
      client.start(call, { ticket });
      const recorded = await eventually(() => {
        const found = pipeline.calls.find((each) => each.call.session.callId === call);
        if (found === undefined) throw new Error("the call has not started");
        return found;
      });
      return { client, recorded, action: action ?? "" };
    },
    close: async () => {
      for (const client of open) client.socket.terminate();
      await harness.stop();
    },
  };
  await scene.serve();
  return scene;
}

/** An honest call still works: it hears what is said to it and is heard. */
export async function isHonest({ client, recorded }: Talk, word: string): Promise<void> {
  client.say(word);
  recorded.say(`${word}-back`);
  await eventually(() => expect(recorded.heard).toContain(word));
  await eventually(() => expect(client.heard).toContain(`${word}-back`));
}
