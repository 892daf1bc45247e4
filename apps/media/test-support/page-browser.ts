// As much of a browser as the talk page needs: its own scripts as the node serves them, run over real WebSockets, with a microphone and a speaker of ours.
import { runInNewContext } from "node:vm";
import { WebSocket } from "ws";

interface Port {
  onmessage: ((event: { data: object }) => void) | null;
  postMessage(data: object): void;
}
interface Processor {
  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
}

export interface PageBrowser {
  readonly state: () => string;
  /** The lines of the page's log. */
  readonly log: readonly string[];
  click(): void;
  press(digit: string): void;
  /** Runs the audio thread for a while: what the microphone gets in, what the speaker plays out. */
  pump(microphone: Float32Array): Float32Array;
}

const BLOCK = 128;

/** Opens the page at an address; its files are fetched from the node. */
export async function openPage(address: string): Promise<PageBrowser> {
  const { origin, hash } = new URL(address);
  const load = async (path: string) => (await fetch(origin + path)).text();
  const [script, worklet] = await Promise.all([load("/talk/talk.js"), load("/talk/worklet.js")]);
  let processor: Processor | null = null;
  const noClick: () => unknown = () => undefined;
  const log: string[] = [];
  const elements = {
    main: { dataset: {} },
    "#clock": { textContent: "" },
    "#log": {
      append: ({ textContent }: { textContent: string }) => log.push(textContent),
      scrollTop: 0,
      scrollHeight: 0,
    },
    "#agent": { value: 0 },
    "#state": { textContent: "Ready." },
    "#call": { textContent: "Call", disabled: false, onclick: noClick },
    "#level": { value: 0 },
  };
  const keys = Array.from("123456789*0#", (textContent) => ({ textContent, onclick: noClick }));

  /** The worklet's thread: a context of its own, with messages between the two. */
  const startProcessor = (): Port => {
    const outer: Port = { onmessage: null, postMessage: (data) => inner.onmessage?.({ data }) };
    const inner: Port = { onmessage: null, postMessage: (data) => outer.onmessage?.({ data }) };
    let made: (new () => Processor) | null = null;
    class AudioWorkletProcessor {
      readonly port = inner;
    }
    const registerProcessor = (_name: string, type: new () => Processor) => (made = type);
    runInNewContext(worklet, { AudioWorkletProcessor, registerProcessor, Float32Array });
    processor = new (made as unknown as new () => Processor)();
    return outer;
  };
  class AudioContext {
    readonly audioWorklet = { addModule: () => Promise.resolve() };
    readonly destination = {};
    createMediaStreamSource = () => ({ connect: (node: object) => node });
    resume = () => Promise.resolve();
    close = () => Promise.resolve();
  }
  class AudioWorkletNode {
    readonly port = startProcessor();
    connect = (node: object) => node;
  }
  runInNewContext(script, {
    document: {
      querySelector: (name: keyof typeof elements) => elements[name],
      querySelectorAll: () => keys,
      createElement: () => ({ textContent: "" }),
    },
    navigator: { mediaDevices: { getUserMedia: () => Promise.resolve({ getTracks: () => [] }) } },
    location: { origin, hash },
    AudioContext,
    AudioWorkletNode,
    WebSocket,
    crypto,
    atob,
    btoa,
    Uint8Array,
    Float32Array,
  });
  return {
    state: () => elements["#state"].textContent,
    log,
    click: () => void elements["#call"].onclick(),
    press: (digit) => void keys.find(({ textContent }) => textContent === digit)?.onclick(),
    pump: (microphone) => {
      const speaker = new Float32Array(microphone.length);
      for (let at = 0; at + BLOCK <= microphone.length; at += BLOCK)
        processor?.process([[microphone.subarray(at, at + BLOCK)]], [[speaker.subarray(at, at + BLOCK)]]);
      return speaker;
    },
  };
}
