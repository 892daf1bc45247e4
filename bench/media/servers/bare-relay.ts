// What everybody writes first: `ws` on both sides, JSON.parse, JSON.stringify, clear and truncate on barge-in. No voice detection, no
// accounting, no ticket.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";

interface Message {
  readonly event?: string;
  readonly type?: string;
  readonly start?: { readonly streamSid: string };
  readonly media?: { readonly payload: string; readonly timestamp: string };
  readonly delta?: string;
  readonly item_id?: string;
}

const provider = `ws://127.0.0.1:${process.env["TANDEM_BENCH_PROVIDER_PORT"]}/v1/realtime`;
const server = createServer();
const carriers = new WebSocketServer({ server, perMessageDeflate: false });
const format = { type: "audio/pcmu" };

carriers.on("connection", (carrier) => {
  let streamSid = "";
  let itemId = "";
  let startedAtMs = 0;
  let latestMs = 0;
  const model = new WebSocket(provider, { perMessageDeflate: false });
  const tell = (value: object) => {
    if (model.readyState === WebSocket.OPEN) model.send(JSON.stringify(value));
  };
  const toCarrier = (value: object) => carrier.send(JSON.stringify(value));
  model.on("open", () =>
    tell({ type: "session.update", session: { type: "realtime", audio: { input: { format }, output: { format } } } }),
  );
  model.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Message;
    if (message.type === "response.output_audio.delta") {
      if (message.item_id !== itemId) startedAtMs = latestMs;
      itemId = message.item_id ?? "";
      toCarrier({ event: "media", streamSid, media: { payload: message.delta } });
    } else if (message.type === "input_audio_buffer.speech_started" && itemId !== "") {
      toCarrier({ event: "clear", streamSid });
      const audio_end_ms = latestMs - startedAtMs;
      tell({ type: "conversation.item.truncate", item_id: itemId, content_index: 0, audio_end_ms });
      itemId = "";
    }
  });
  carrier.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Message;
    if (message.event === "media" && message.media !== undefined) {
      latestMs = Number(message.media.timestamp);
      tell({ type: "input_audio_buffer.append", audio: message.media.payload });
    } else if (message.event === "start") streamSid = message.start?.streamSid ?? "";
  });
  carrier.on("close", () => model.close());
  model.on("error", () => carrier.close());
});

server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("disconnect", () => process.exit(0));
