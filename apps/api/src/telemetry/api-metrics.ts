import { MetricSet } from "@tandem/telemetry";
import type { FastifyInstance } from "fastify";

/** Every metric of the API; `docs/metrics.md` tells each one's alarm. */
export const apiMetricCatalog = {
  counters: { requests: { help: "Requests answered.", labels: ["method", "route", "status"] } },
  gauges: {
    available: { help: "1 when the database answers." },
    resident_memory_bytes: { help: "Memory of the process." },
    uptime_seconds: { help: "Since the process began." },
  },
  histograms: {
    request_seconds: {
      help: "Time to answer a request; event streams count when they end.",
      labels: ["method", "route"],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    },
  },
} as const;

/** Counts and times of one API process. Routes are told by their pattern: what is asked for without a route is one. */
export class ApiMetrics {
  readonly #set = new MetricSet("tandem_api", apiMetricCatalog);

  get contentType(): string {
    return this.#set.contentType;
  }

  watch(server: FastifyInstance): void {
    server.addHook("onResponse", (request, reply, done) => {
      const { method } = request;
      const route = request.routeOptions.url ?? "none";
      this.#set.count("requests", { method, route, status: String(reply.statusCode) });
      this.#set.observe("request_seconds", reply.elapsedTime / 1000, { method, route });
      done();
    });
  }

  text(isAvailable: boolean): Promise<string> {
    this.#set.set("available", isAvailable ? 1 : 0);
    this.#set.set("resident_memory_bytes", process.memoryUsage.rss());
    this.#set.set("uptime_seconds", process.uptime());
    return this.#set.text();
  }
}
