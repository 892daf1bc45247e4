import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { expect, test } from "vitest";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import { textFrame } from "./text-frame.ts";

test("frames of every size arrive as what the WebSocket library sends between them", async () => {
  const server = createServer();
  const upgrades = new WebSocketServer({ noServer: true });
  const texts = [0, 1, 125, 126, 127, 300, 65_535].map((length) => "a".repeat(length));
  server.on("upgrade", (request, duplex: Duplex, head) =>
    upgrades.handleUpgrade(request, duplex, head, (socket) => {
      for (const text of texts) {
        duplex.write(textFrame(Buffer.from(text)));
        socket.send("between");
      }
      socket.close();
    }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const heard: string[] = [];
  client.on("message", (data: RawData, isBinary) => heard.push(isBinary ? "binary" : (data as Buffer).toString()));
  const [code] = (await once(client, "close")) as [number];
  server.close();
  expect(heard).toEqual(texts.flatMap((text) => [text, "between"]));
  expect(code).toBe(1005);
});
