// The carrier transport of `@openai/agents`, at its defaults, pointed at the benchmark's realtime-shaped provider.
import { createServer } from "node:http";

import { RealtimeAgent, RealtimeSession } from "@openai/agents/realtime";
import { TwilioRealtimeTransportLayer } from "@openai/agents-extensions";
import { WebSocketServer } from "ws";

const url = `ws://127.0.0.1:${process.env["TANDEM_BENCH_PROVIDER_PORT"]}/v1/realtime`;
const server = createServer();
const carriers = new WebSocketServer({ server, perMessageDeflate: false });

carriers.on("connection", (carrier) => {
  const agent = new RealtimeAgent({ name: "bench", instructions: "Answer." });
  const transport = new TwilioRealtimeTransportLayer({ twilioWebSocket: carrier });
  const session = new RealtimeSession(agent, { transport, tracingDisabled: true });
  session.on("error", ({ error }) => console.error("openai-agents:", error));
  session.connect({ apiKey: "ek_bench", url }).catch((error) => {
    console.error("openai-agents:", error);
    carrier.close();
  });
});

server.listen(0, "127.0.0.1", () => process.send?.({ port: server.address().port }));
process.on("disconnect", () => process.exit(0));
