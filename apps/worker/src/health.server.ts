import { createServer, type Server } from "node:http";
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from "@nestjs/common";
import type { WorkerConfig } from "@tandem/config";
import { CONFIG } from "./tokens.ts";

/** `GET /live` and `GET /ready` for whoever watches the process. */
@Injectable()
export class HealthServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private server: Server | undefined;

  constructor(@Inject(CONFIG) private readonly config: WorkerConfig) {}

  onApplicationBootstrap(): Promise<void> {
    const server = createServer((request, response) => {
      const isKnown = request.url === "/live" || request.url === "/ready";
      response
        .writeHead(isKnown ? 200 : 404, { "content-type": "application/json" })
        .end(JSON.stringify({ status: isKnown ? "ready" : "unknown" }));
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
}
