import { type ClientRequest, request } from "node:http";
import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { WebSocket } from "ws";

/** Not the address of the emulated carrier: what a node holds against strangers must not fall on it. */
const ADDRESS = "127.0.0.66";
const DEEP = "[".repeat(60_000);

/** What is known of a deployment by somebody who saw its addresses and holds none of its keys. */
export interface Target {
  readonly origin: string;
  readonly ingressKey: string;
  readonly agentSecret: string;
}

/** What strangers do to a node at the same time. */
export interface Siege {
  readonly target: Target;
  /** Misdeeds side by side. */
  readonly atATime: number;
  /** Handshakes that are begun and not ended. */
  readonly halfOpen: number;
}

/** What was tried, by kind, and the close codes and statuses that came back. */
export interface SiegeReport {
  readonly tried: ReadonlyMap<string, number>;
  readonly answers: ReadonlyMap<number, number>;
}

/** Besieges a node from a thread of its own until it is told to stop. */
export function besiege(siege: Siege): { stop(): Promise<SiegeReport> } {
  const thread = new Worker(new URL("hostile-thread.ts", import.meta.url), { workerData: siege });
  const report = new Promise<SiegeReport>((resolve, reject) => {
    thread.once("message", resolve).once("error", reject);
  });
  report.catch(() => {}); // told when it is asked for
  return {
    stop: () => {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      thread.postMessage("stop");
      return report;
    },
  };
}

/** Strangers who do to a media node whatever they can, from an address of their own, until they are told to stop. */
export class HostilePeer {
  /** What was tried, by kind. */
  readonly tried = new Map<string, number>();
  /** WebSocket close codes and handshake refusals that came back. */
  readonly answers = new Map<number, number>();
  readonly #target: Target;
  readonly #halfOpen: Socket[] = [];
  readonly #sockets = new Set<WebSocket>();
  readonly #requests = new Set<ClientRequest>();
  #isOver = false;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Goes through every misdeed in turn, `atATime` of them side by side, with a breath between: the machine is shared with the honest. */
  async rage(atATime: number): Promise<void> {
    const misdeeds = [...this.#socketMisdeeds(), ...this.#requestMisdeeds()];
    for (let round = 0; !this.#isOver; round += 1) {
      const turns = Array.from({ length: atATime }, (_, nth) => (round * atATime + nth) % misdeeds.length);
      await Promise.all(turns.map(async (turn) => misdeeds[turn]?.()));
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
  }

  /** Connections that begin a handshake and never end it. */
  holdHalfOpen(count: number): void {
    const { hostname, port } = new URL(this.#target.origin);
    for (let nth = 0; nth < count; nth += 1) {
      const socket = connect({ host: hostname, port: Number(port), localAddress: ADDRESS });
      socket.on("error", () => {}).resume();
      socket.write(`GET /stream/${this.#target.ingressKey} HTTP/1.1\r\nHost: x\r\nX-Slow: `);
      this.#halfOpen.push(socket);
      this.#count("half-open");
    }
  }

  /** How many of them the node still holds. */
  get halfOpen(): number {
    return this.#halfOpen.filter(({ destroyed, readyState }) => !destroyed && readyState === "open").length;
  }

  stop(): void {
    this.#isOver = true;
    for (const socket of this.#halfOpen) socket.destroy();
    for (const socket of this.#sockets) socket.terminate();
    for (const each of this.#requests) each.destroy();
  }

  #socketMisdeeds(): (() => Promise<void>)[] {
    const { ingressKey, agentSecret } = this.#target;
    const stream = `/stream/${ingressKey}`;
    const agent = `/agent/${ingressKey}/llm/${agentSecret}/call_x`;
    const connected = '{"event":"connected","protocol":"Call","version":"1.0.0"}';
    const start = (parameters: unknown) =>
      JSON.stringify({
        event: "start",
        sequenceNumber: "1",
        streamSid: "MZx",
        start: {
          streamSid: "MZx",
          accountSid: "ACx",
          callSid: "CAx",
          tracks: ["inbound"],
          mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
          customParameters: parameters,
        },
      });
    const giant = Object.fromEntries(Array.from({ length: 1500 }, (_, nth) => [`parameter${nth}`, "x".repeat(20)]));
    const media =
      '{"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"1","payload":"/w=="}}';
    const details = JSON.stringify({
      interaction_type: "call_details",
      call: { call_id: "call_x", metadata: { tandem_stamp: "e30.AAAA" } },
    });
    return [
      () => this.#socket(stream, "garbage", [DEEP]),
      () => this.#socket(stream, "binary", [Buffer.alloc(2000)]),
      () => this.#socket(stream, "oversized", ["x".repeat(100_000)]),
      () => this.#socket(stream, "audio first", [connected, ...Array.from({ length: 50 }, () => media)]),
      () => this.#socket(stream, "giant parameters", [connected, start(giant)]),
      () => this.#socket(stream, "forged ticket", [connected, start({ ticket: "e30.AAAA" })]),
      () =>
        this.#socket(stream, "nested parameters", [
          connected,
          start({ ticket: JSON.parse("[".repeat(500) + "]".repeat(500)) as unknown }),
        ]),
      () =>
        this.#socket(
          stream,
          "events before a start",
          Array.from({ length: 1500 }, () => connected),
        ),
      () => this.#socket("/stream/zzzzzzzzzzzzzzzzzzzzzzzzzz", "unknown deployment", []),
      () => this.#socket(agent, "agent garbage", [DEEP]),
      () => this.#socket(agent, "forged stamp", [details]),
      () =>
        this.#socket(
          agent,
          "agent flood",
          Array.from({ length: 400 }, () => '{"interaction_type":"new"}'),
        ),
      () => this.#socket(agent.replace(agentSecret, "0".repeat(26)), "wrong secret", []),
    ];
  }

  #requestMisdeeds(): (() => Promise<void>)[] {
    const { ingressKey } = this.#target;
    const forged = { authorization: "Bearer e30.AAAA", "x-tandem-trial": "e30.AAAA" };
    return [
      () => this.#request("GET", "/talk", "page", ""),
      () => this.#request("DELETE", "/talk/talk.js", "page, another method", ""),
      () => this.#request("GET", "/trial/00000000-0000-4000-8000-000000000000/trace", "trace", "", forged),
      () => this.#request("GET", "/metrics", "metrics", "", forged),
      () => this.#request("POST", `/voice/${ingressKey}`, "unsigned call", `Digits=${"9".repeat(60_000)}`, forged),
      () => this.#request("POST", `/voice/${ingressKey}/status`, "large body", "x".repeat(300_000)),
      () => this.#request("POST", `/agent/${ingressKey}/tools/book_slot`, "unsigned tool", DEEP),
      () => this.#request("POST", `/agent/${ingressKey}/events`, "unsigned event", `{"a":${DEEP}`),
      () => this.#request("GET", `/${"a/".repeat(4000)}`, "long path", ""),
    ];
  }

  /** Dials, sends, and waits until the node has had enough of it; a socket that it leaves open is left, too. */
  #socket(path: string, kind: string, frames: readonly (string | Buffer)[]): Promise<void> {
    this.#count(kind);
    const socket = new WebSocket(this.#target.origin.replace("http", "ws") + path, { localAddress: ADDRESS });
    this.#sockets.add(socket);
    return new Promise((resolve) => {
      const over = (code: number) => {
        this.answers.set(code, (this.answers.get(code) ?? 0) + 1);
        this.#sockets.delete(socket);
        resolve();
      };
      setTimeout(resolve, 1000);
      socket.on("error", () => {});
      socket.on("unexpected-response", (asked, { statusCode = 0 }) => {
        asked.destroy();
        over(statusCode);
      });
      socket.on("open", () => {
        for (const frame of frames) socket.send(frame);
      });
      socket.on("close", over);
    });
  }

  #request(
    method: string,
    path: string,
    kind: string,
    body: string,
    headers: Record<string, string> = {},
  ): Promise<void> {
    this.#count(kind);
    return new Promise((resolve) => {
      const asked = request(this.#target.origin + path, { method, headers, localAddress: ADDRESS }, (response) => {
        this.answers.set(response.statusCode ?? 0, (this.answers.get(response.statusCode ?? 0) ?? 0) + 1);
        response.resume().on("close", resolve);
      });
      this.#requests.add(asked);
      asked.on("error", () => resolve());
      asked.on("close", () => {
        this.#requests.delete(asked);
        resolve();
      });
      asked.end(body);
    });
  }

  #count(kind: string): void {
    this.tried.set(kind, (this.tried.get(kind) ?? 0) + 1);
  }
}
