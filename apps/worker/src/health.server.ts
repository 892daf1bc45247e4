import { createServer, type IncomingMessage, type Server } from "node:http";
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import { verifyTicket } from "@tandem/secrets";
import { WorkerMetrics, type WorkerReadings } from "./telemetry/worker-metrics.ts";
import { CONFIG, METRICS, READINGS } from "./tokens.ts";

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const json = (status: number, word: string): Answer => ({
  status,
  type: "application/json",
  body: JSON.stringify({ status: word }),
});

/** `GET /live` and `GET /ready` for whoever watches the process, `GET /metrics` for those who bear an operator's ticket. */
@Injectable()
export class HealthServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private server: Server | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: WorkerConfig,
    @Inject(METRICS) private readonly metrics: WorkerMetrics,
    @Inject(READINGS) private readonly readings: WorkerReadings,
  ) {}

  onApplicationBootstrap(): Promise<void> {
    const server = createServer((request, response) => {
      void this.answer(request)
        .catch(() => json(503, "unavailable"))
        .then(({ status, type, body }) => response.writeHead(status, { "content-type": type }).end(body));
    });
    this.server = server;
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.config.port, this.config.host, resolve);
    });
  }

  onApplicationShutdown(): void {
    this.server?.close();
  }

  private async answer({ url, headers }: IncomingMessage): Promise<Answer> {
    if (url === "/live" || url === "/ready") return json(200, "ready");
    const token = /^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
    const isOperator = verifyTicket(this.config.ticketKey, "operations", token, Date.now()) !== null;
    if (url !== "/metrics" || !isOperator) return json(404, "unknown");
    return { status: 200, type: this.metrics.contentType, body: await this.metrics.text(this.readings) };
  }
}
