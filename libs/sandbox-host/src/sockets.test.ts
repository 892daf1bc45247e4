import type { IncomingMessage } from "node:http";
import type { SandboxSocket, SandboxVendor } from "@tandem/ports/sandbox";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type RunningSandbox, type SocketFrame, startSandbox } from "./index.ts";

const echo: SandboxVendor = {
  name: "echo",
  handle: () => ({
    status: 200,
    body: null,
    stream: (outgoing) => {
      outgoing.write("one ");
      setTimeout(() => (outgoing.write("two"), outgoing.end()), 10);
    },
  }),
  open(socket: SandboxSocket) {
    if (socket.request.query.get("key") !== "k") return { status: 401, body: { error: "no key" } };
    socket.onText = (text) => {
      if (!socket.faults.isStalled()) setTimeout(() => socket.sendText(`heard ${text}`), socket.faults.latencyMs());
    };
    socket.onBinary = (bytes) => socket.sendBinary(bytes);
    socket.sendText("hello");
    return null;
  },
  seed: () => {},
  actions: {},
};

let running: RunningSandbox;
const frames: SocketFrame[] = [];
const start = async () => {
  frames.length = 0;
  running = await startSandbox({ vendors: [echo], dataDir: null, socketTap: (frame) => frames.push(frame) });
};
afterEach(() => running.close());

const connect = (key = "k") => new WebSocket(`${running.origins["echo"]?.replace("http", "ws")}/listen?key=${key}`);
const next = (socket: WebSocket) =>
  new Promise<string>((resolve, reject) => {
    socket.once("message", (data: Buffer) => resolve(data.toString()));
    socket.once("close", (code) => reject(new Error(`closed ${code}`)));
    socket.once("error", reject);
  });

test("an emulator opens, answers and is watched frame by frame", async () => {
  await start();
  const socket = connect();
  expect(await next(socket)).toBe("hello");
  const answer = next(socket);
  socket.send("you");
  expect(await answer).toBe("heard you");
  expect(frames.map(({ from, text }) => [from, text])).toEqual([
    ["emulator", "hello"],
    ["client", "you"],
    ["emulator", "heard you"],
  ]);
  socket.close();
});

test("an emulator refuses with its own status", async () => {
  await start();
  await expect(next(connect("wrong"))).rejects.toThrow("401");
});

test.each([
  ["throttle", { do: "throttle" }, "429"],
  ["fail-before", { do: "fail-before", status: 503 }, "503"],
  ["reset", { do: "reset" }, /hang up|ECONNRESET/],
] as const)("%s strikes an upgrade", async (_, fault, message) => {
  await start();
  await running.control.setFault({ vendor: "echo", method: "WS", fault });
  await expect(next(connect())).rejects.toThrow(message);
  expect(await next(connect())).toBe("hello");
});

test("a refused upgrade says when to come again", async () => {
  await start();
  await running.control.setFault({ vendor: "echo", method: "WS", fault: { do: "throttle", retryAfterSeconds: 7 } });
  const refused = await new Promise<IncomingMessage>((resolve) =>
    connect().once("unexpected-response", (request, response) => (request.destroy(), resolve(response))),
  );
  expect(refused.statusCode).toBe(429);
  expect(refused.headers["retry-after"]).toBe("7");
});

test("an open socket stalls, slows down and is dropped as scripted", async () => {
  await start();
  await running.control.setFault({ vendor: "echo", method: "WS", fault: { do: "close", afterMs: 30, code: 1011 } });
  const dropped = connect();
  await next(dropped);
  expect(await new Promise((resolve) => dropped.once("close", resolve))).toBe(1011);

  await running.control.setSettings("echo", { latency: 60 });
  const slow = connect();
  await next(slow);
  const before = performance.now();
  const answer = next(slow);
  slow.send("you");
  await answer;
  expect(performance.now() - before).toBeGreaterThan(50);
  await running.control.setSettings("echo", { stall: true });
  slow.send("again");
  const silence = Promise.race([next(slow), new Promise((resolve) => setTimeout(resolve, 150, "nothing"))]);
  expect(await silence).toBe("nothing");
  slow.close();
});

test("an answer is written as it comes into being", async () => {
  await start();
  const response = await fetch(`${running.origins["echo"]}/sse`);
  expect(await response.text()).toBe("one two");
});
