import { agentSocketSecret } from "@tandem/domain/tenant";
import type { Json, JsonObject } from "@tandem/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSocketRelay, type RelayedFrame, type SocketRelay } from "../../apps/media/test-support/socket-relay.ts";
import {
  INGRESS_KEY,
  number,
  openSpokenOffice,
  serveHosted,
  type SpokenOffice,
} from "../../apps/media/test-support/spoken-office.ts";
import { schemaChecker } from "./json-schema.ts";
import { describeWithSpec, readSpec } from "./vendor-specs.ts";

const SPEC = "retell/custom-llm-websocket.schema.json";

describeWithSpec(SPEC, "Retell's custom LLM socket", () => {
  let office: SpokenOffice;
  let relay: SocketRelay;
  let spec: JsonObject;

  beforeAll(async () => {
    spec = readSpec<JsonObject>(SPEC);
    office = await openSpokenOffice();
    relay = await openSocketRelay(() => office.node.origin);
    const path = `/agent/${INGRESS_KEY}/llm/${agentSocketSecret(INGRESS_KEY)}`;
    await serveHosted(office, relay.origin.replace("http", "ws") + path);
    const placed = await office.sandbox.control.act("twilio", "placeCall", { from: "+15550007001", to: number });
    const callId = String((placed["connected"] as JsonObject)["agentCallId"]);
    const converse = (input: JsonObject) => office.sandbox.control.act("retell", "converse", { callId, ...input });
    await converse({ say: ["My name is Ada Lovelace."], silences: 1 });
    await new Promise((resolve) => setTimeout(resolve, 2500)); // pings go both ways every two seconds
    await converse({ say: ["I would like to know your opening hours."] });
  }, 90_000);
  afterAll(async () => {
    relay.close();
    await office.stop();
  });

  /** Name of a frame's definition, by who sent it. */
  const nameOf = ({ from, text }: RelayedFrame): string => {
    const frame = JSON.parse(text) as Record<string, string>;
    const name = (from === "dialler" ? frame["interaction_type"] : frame["response_type"]) ?? "";
    return from === "server" && name === "ping_pong" ? "ping_pong_reply" : name;
  };
  const deviations = (frames: readonly RelayedFrame[]): readonly string[] => {
    const { check } = schemaChecker(spec);
    const definitions = spec["definitions"] as JsonObject;
    const known = { dialler: spec["from_retell"] as string[], server: spec["to_retell"] as string[] };
    return frames.flatMap((frame) => {
      const name = nameOf(frame);
      if (!known[frame.from].includes(name)) return [`${frame.from} may not send ${name}`];
      return check(definitions[name] as Json, JSON.parse(frame.text) as Json).map((line) => `${name}: ${line}`);
    });
  };

  test("every frame of our service and of the emulator is as the vendor describes it", () => {
    expect(deviations(relay.frames)).toEqual([]);
  });

  test("every kind of frame that we use was exchanged", () => {
    const kinds = new Set(relay.frames.map((frame) => `${frame.from} ${nameOf(frame)}`));
    expect([...kinds].toSorted()).toEqual([
      "dialler call_details",
      "dialler ping_pong",
      "dialler reminder_required",
      "dialler response_required",
      "dialler update_only",
      "server config",
      "server ping_pong_reply",
      "server response",
    ]);
    expect(nameOf(relay.frames.find(({ from }) => from === "server") as RelayedFrame)).toBe("config");
  });

  test("the check can fail", () => {
    const broken = [
      { from: "server", text: '{"response_type":"response","response_id":"1","content":"x"}' },
      { from: "server", text: '{"response_type":"reply"}' },
    ] as const;
    const found = deviations(broken).join("\n");
    expect(found).toContain("must be integer");
    expect(found).toContain("must have required property 'content_complete'");
    expect(found).toContain("server may not send reply");
  });
});
