import { parentPort, workerData } from "node:worker_threads";
import { HostilePeer, type Siege } from "./hostile-peer.ts";

// Strangers have a thread of their own: who plays them must not keep the honest caller waiting.
const { target, atATime, halfOpen } = workerData as Siege;
const peer = new HostilePeer(target);
const raging = peer.rage(atATime);
peer.holdHalfOpen(halfOpen);
parentPort?.once("message", () => {
  peer.stop();
  void raging.then(() => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    parentPort?.postMessage({ tried: peer.tried, answers: peer.answers });
    parentPort?.close();
  });
});
