// A pipeline without providers: plays readable tones, keeps what it hears, and lets a test pull every string that a real one pulls.
import { renderTones, ToneReader } from "@tandem/audio";
import type { AgentModels, ConversationEngine } from "@tandem/agent";
import type { MakePipeline } from "../src/call/call-desk.ts";
import type { OpenEngine } from "../src/node/own-engine.ts";
import type { PipelineParts } from "../src/pipeline/pipeline-parts.ts";
import type { CallLine, PipelineCall } from "../src/pipeline/call-line.ts";
import { quietConversation } from "./quiet-conversation.ts";

export interface RecordedCall {
  readonly call: PipelineCall;
  readonly line: CallLine;
  readonly parts: PipelineParts;
  readonly engine: ConversationEngine;
  readonly heard: string[];
  readonly marks: string[];
  readonly digits: string[];
  frames: number;
  isClosed: boolean;
  say(text: string): void;
}

export interface RecordingPipeline {
  readonly calls: RecordedCall[];
  readonly makePipeline: MakePipeline;
}

const FORMAT = { encoding: "mulaw", sampleRateHz: 8000 } as const;
const noModels: AgentModels = { stream: () => ({ cancel: () => undefined }) };

/** Greets each call with `greeting`. A frame whose handling throws can be ordered by `failAtFrame`. */
export function recordingPipeline(greeting: string, failAtFrame = Number.POSITIVE_INFINITY): RecordingPipeline {
  const calls: RecordedCall[] = [];
  const makePipeline: MakePipeline = (parts) => (call, line) => {
    const heard: string[] = [];
    const reader = new ToneReader(FORMAT, (event) => {
      if (event.type === "word") heard.push(event.text);
    });
    const recorded: RecordedCall = {
      call,
      line,
      parts,
      engine: parts.converse(noModels, () => undefined),
      heard,
      marks: [],
      digits: [],
      frames: 0,
      isClosed: false,
      say: (text) => {
        line.send(renderTones(text, FORMAT, { msPerCharacter: 30 }).audio);
        line.mark(text);
      },
    };
    calls.push(recorded);
    recorded.say(greeting);
    return {
      audio: (frame) => {
        recorded.frames += 1;
        parts.counters.frames += 1;
        if (recorded.frames >= failAtFrame) throw new Error("a defect of the pipeline");
        reader.push(frame);
      },
      mark: (name) => recorded.marks.push(name),
      digit: (digit) => recorded.digits.push(digit),
      closed: () => {
        recorded.isClosed = true;
      },
    };
  };
  return { calls, makePipeline };
}

/** An engine of such a pipeline and a conversation that says nothing. */
export const quietEngine =
  (pipeline = recordingPipeline("hello"), converse = quietConversation()): OpenEngine =>
  () => ({
    makePipeline: pipeline.makePipeline,
    openModels: () => noModels,
    prepare: () => undefined,
    converse,
    providers: new Map(),
    close: () => undefined,
  });
