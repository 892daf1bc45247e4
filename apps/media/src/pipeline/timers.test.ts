import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Deadline, systemTimers } from "./timers.ts";

const server = createServer();
let near: Socket;
let far: Socket;

beforeEach(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const accepted = once(server, "connection");
  near = connect(typeof address === "object" && address !== null ? address.port : 0, "127.0.0.1");
  [far] = (await accepted) as [Socket];
  if (near.connecting) await once(near, "connect");
});
afterEach(() => {
  near.destroy();
  far.destroy();
  server.close();
});

/** The process does nothing else for so long. */
function holdUp(durationMs: number): void {
  const untilMs = performance.now() + durationMs;
  while (performance.now() < untilMs);
}

test("a process that was held up hears what has arrived meanwhile before it calls it missing", async () => {
  const told: string[] = [];
  const deadline = new Deadline(systemTimers, () => told.push("missing"));
  near.on("data", () => {
    told.push("heard");
    deadline.cancel();
  });
  deadline.set(100);
  far.write("an answer");
  holdUp(300);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(told).toEqual(["heard"]);
});

test("what never comes is missing, however late that is noticed", async () => {
  const told: string[] = [];
  new Deadline(systemTimers, () => told.push("missing")).set(20);
  holdUp(200);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(told).toEqual(["missing"]);
});
