import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../test-support/eventually.ts";
import { CALL, callSid, isHonest, openStreamScene, type StreamScene } from "../../test-support/stream-scene.ts";
import { STREAM_CLOSE } from "./stream-close.ts";

let scene: StreamScene;
beforeEach(async () => {
  scene = await openStreamScene();
});
afterEach(() => scene.close());

async function present(ticket: string): Promise<number> {
  const thief = await scene.dial();
  thief.connected();
  thief.start(CALL, { ticket });
  return thief.closed;
}

test("a used ticket opens nothing at the node's next process: the session remembers which leg it had", async () => {
  const { ticket } = await scene.answer();
  const owner = await scene.dial();
  owner.connected();
  owner.start(CALL, { ticket });
  await eventually(() => expect(scene.pipeline.calls).toHaveLength(1));
  await scene.harness.node.close();
  await scene.harness.restart();
  await eventually(() => expect(scene.harness.node.state().deployments).toHaveLength(1));
  expect(await present(ticket)).toBe(STREAM_CLOSE.refused);
  expect(scene.pipeline.calls).toHaveLength(1);
});

test("a ticket that was never used is refused by a process of another name, and is still its owner's", async () => {
  const { ticket } = await scene.answer();
  await scene.harness.node.close();
  await scene.harness.restart({ node: "node-2" });
  await eventually(() => expect(scene.harness.node.state().deployments).toHaveLength(1));
  expect(await present(ticket)).toBe(STREAM_CLOSE.refused);
  await isHonest(await scene.talk(callSid("b")), "still");
});
