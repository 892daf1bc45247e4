// `@livekit/agents` AgentSession with providers of fixed times inside its own process: no sockets, no room, which favours it. Turn detection
// by the recogniser with no endpointing delay of its own. Prints, as one line of JSON, how long each answer took after the caller's speech.
import {
  Agent,
  AgentSession,
  AudioInput,
  AudioOutput,
  initializeLogger,
  LLM,
  LLMStream,
  stt,
  tts,
} from "@livekit/agents";
import { AudioFrame } from "@livekit/rtc-node";
import { ReadableStream } from "node:stream/web";
import { sleep } from "../machine.ts";

const [sessions = 50, seconds = 15] = process.argv.slice(2).map(Number);
const STT_MS = 75;
const LLM_MS = 100;
const TOKEN_MS = 20;
const TTS_MS = 65;
const SPEECH_MS = 1200;
const REST_MS = 300;
const RATE_HZ = 8000;
const FRAME_SAMPLES = 160;
const CHUNK_SAMPLES = 800;
const CHUNKS = 15;
const CHUNK_EACH_MS = 50;
const WORDS = ["Well, ", "we ", "are ", "open ", "from ", "nine ", "until ", "five ", "today."];

initializeLogger({ pretty: false, level: "fatal" });
const options = { minEndpointingDelay: 0, maxEndpointingDelay: 0 };

class Ears extends stt.STT {
  label = "bench.Ears";
  latest = null;
  constructor() {
    super({ streaming: true, interimResults: true });
  }
  _recognize() {
    return Promise.reject(new Error("streams only"));
  }
  stream() {
    return (this.latest = new Recognition(this));
  }
}

class Recognition extends stt.SpeechStream {
  label = "bench.Recognition";
  async run() {
    for await (const frame of this.input) if (this.closed || frame === undefined) return;
  }
  begin() {
    this.queue.put({ type: stt.SpeechEventType.START_OF_SPEECH });
  }
  end() {
    setTimeout(() => {
      const heard = {
        language: "en",
        text: "Could you tell me when you open?",
        startTime: 0,
        endTime: 1,
        confidence: 1,
      };
      this.queue.put({ type: stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives: [heard] });
      this.queue.put({ type: stt.SpeechEventType.END_OF_SPEECH });
    }, STT_MS);
  }
}

class Model extends LLM {
  label() {
    return "bench.Model";
  }
  chat({ chatCtx, connOptions }) {
    return new Completion(this, chatCtx, connOptions);
  }
}

class Completion extends LLMStream {
  constructor(model, chatCtx, connOptions) {
    super(model, { chatCtx, connOptions: connOptions ?? { maxRetry: 0, retryIntervalMs: 0, timeoutMs: 10_000 } });
  }
  async run() {
    await sleep(LLM_MS);
    for (const word of WORDS) {
      if (this.closed) return;
      this.queue.put({ id: "c", delta: { role: "assistant", content: word } });
      await sleep(TOKEN_MS);
    }
  }
}

class Voice extends tts.TTS {
  label = "bench.Voice";
  constructor() {
    super(RATE_HZ, 1, { streaming: true });
  }
  synthesize() {
    throw new Error("streams only");
  }
  stream() {
    return new Utterance(this);
  }
}

class Utterance extends tts.SynthesizeStream {
  label = "bench.Utterance";
  async run() {
    let speaking = null;
    for await (const text of this.input) if (typeof text === "string" && text.trim() !== "") speaking ??= this.#speak();
    await speaking;
    this.queue.put(tts.SynthesizeStream.END_OF_STREAM);
  }
  async #speak() {
    await sleep(TTS_MS);
    for (let chunk = 0; chunk < CHUNKS && !this.closed; chunk += 1) {
      const frame = new AudioFrame(new Int16Array(CHUNK_SAMPLES), RATE_HZ, 1, CHUNK_SAMPLES);
      this.queue.put({ requestId: "r", segmentId: "s", frame, final: chunk === CHUNKS - 1 });
      await sleep(CHUNK_EACH_MS);
    }
  }
}

class Microphone extends AudioInput {
  #controller = null;
  constructor() {
    super();
    this.multiStream.addInputStream(
      new ReadableStream({ start: (controller) => void (this.#controller = controller) }),
    );
  }
  push() {
    this.#controller?.enqueue(new AudioFrame(new Int16Array(FRAME_SAMPLES), RATE_HZ, 1, FRAME_SAMPLES));
  }
}

class Speaker extends AudioOutput {
  onFirst = () => undefined;
  onEnd = () => undefined;
  #samples = 0;
  #startedAt = 0;
  constructor() {
    super(RATE_HZ, undefined, { pause: false });
  }
  async captureFrame(frame) {
    await super.captureFrame(frame);
    if (this.#samples === 0) {
      this.#startedAt = performance.now();
      this.onPlaybackStarted(Date.now());
      this.onFirst();
    }
    this.#samples += frame.samplesPerChannel;
  }
  flush() {
    super.flush();
    const seconds_ = this.#samples / RATE_HZ;
    const restMs = this.#startedAt + seconds_ * 1000 - performance.now();
    this.#samples = 0;
    setTimeout(
      () => {
        this.onPlaybackFinished({ playbackPosition: seconds_, interrupted: false });
        this.onEnd();
      },
      Math.max(0, restMs),
    );
  }
  clearBuffer() {
    this.#samples = 0;
  }
}

const taken = [];
const counts = { unanswered: 0 };

/** One call: speaks, waits for the answer to end, rests, speaks again. */
async function call(index) {
  const [ears, microphone, speaker] = [new Ears(), new Microphone(), new Speaker()];
  const session = new AgentSession({
    stt: ears,
    llm: new Model(),
    tts: new Voice(),
    vad: null,
    turnDetection: "stt",
    voiceOptions: options,
  });
  session.input.audio = microphone;
  session.output.audio = speaker;
  await session.start({ agent: new Agent({ instructions: "Answer." }), record: false });
  setTimeout(() => setInterval(() => microphone.push(), 20), index % 20);
  await sleep(1000);
  for (;;) {
    ears.latest?.begin();
    await sleep(SPEECH_MS);
    const endedAt = performance.now();
    const first = new Promise((resolve) => (speaker.onFirst = resolve));
    const end = new Promise((resolve) => (speaker.onEnd = resolve));
    ears.latest?.end();
    await Promise.race([first, sleep(5000)]);
    const tookMs = performance.now() - endedAt;
    if (tookMs > 4990) counts.unanswered += 1;
    else taken.push(tookMs);
    await Promise.race([end, sleep(5000)]);
    await sleep(REST_MS);
  }
}

for (let index = 0; index < sessions; index += 1) {
  call(index).catch((error) => {
    console.error(error);
    process.exit(1);
  });
  await sleep(3000 / sessions);
}
await sleep(5000);
taken.length = 0;
counts.unanswered = 0;
await sleep(seconds * 1000);
console.log(JSON.stringify({ taken, ...counts }));
process.exit(0);
