import type { IncomingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { CarrierStream } from "@tandem/ports/carrier-stream";
import type { CarrierIngress, InboundRequest } from "@tandem/ports/inbound";
import { type InboundVendors, verifiedBy } from "../credential/caller-identity.ts";
import type { Credentials } from "../credential/credentials.ts";
import type { RefusalLimit } from "../http/refusal-limit.ts";
import type { SocketAdmission, SocketRequest, SocketRoute } from "../http/sockets.ts";
import type { Served } from "../pointer/served.ts";
import type { ServedDeployments } from "../pointer/served-deployments.ts";
import { StreamConnection, type StreamHost } from "./stream-connection.ts";
import { Unstarted } from "./unstarted.ts";

export interface StreamRouteOptions {
  readonly host: StreamHost;
  readonly served: ServedDeployments;
  readonly vendors: InboundVendors;
  readonly credentials: Credentials;
  /** Origin (`ws://…` or `wss://…`) at which carriers reach this node's streams: what they sign. */
  readonly streamUrl: string;
  readonly refusals: RefusalLimit;
}

const LOOK_FOR_SILENCE_MS = 5000;

/** Where carriers open the audio stream of a call. */
export function streamRoute(options: StreamRouteOptions): SocketRoute {
  const { served, refusals } = options;
  const unstarted = new Unstarted();
  const started = new Set<StreamConnection>();
  const silence = setInterval(() => {
    const nowMs = performance.now();
    for (const connection of started) connection.closeIfSilent(nowMs);
  }, LOOK_FOR_SILENCE_MS).unref();

  function open(
    ends: { socket: WebSocket; wire: Duplex },
    found: Served,
    stream: CarrierStream,
    address: string,
  ): void {
    const onRefused: StreamHost["onRefused"] = (reason) => {
      refusals.count(address);
      options.host.onRefused(reason);
    };
    const connection: StreamConnection = new StreamConnection({
      host: { ...options.host, onRefused },
      served: found,
      ...ends,
      stream,
      onStarted: () => {
        unstarted.remove(connection);
        started.add(connection);
      },
      onOver: () => {
        unstarted.remove(connection);
        started.delete(connection);
      },
    });
    unstarted.add(connection, address);
  }

  return {
    method: "GET",
    pattern: "/stream/:ingressKey",
    close: () => clearInterval(silence),
    admit: async (request): Promise<SocketAdmission> => {
      const found = served.byIngressKey(request.parameters["ingressKey"] ?? "");
      const address = request.remoteAddress;
      if (!unstarted.hasRoom(address, refusals.isOver(address))) return { isOpened: false, status: 429 };
      if (found === undefined) return { isOpened: false, status: 404 };
      const carrier = await carrierOf(options, found, request);
      if (carrier === null) return { isOpened: false, status: 403 };
      const { stream } = carrier;
      if (stream === undefined) return { isOpened: false, status: 404 };
      return { isOpened: true, take: (socket, wire) => open({ socket, wire }, found, stream, address) };
    },
  };
}

/** The deployment's carrier. A handshake that bears a signature must bear the right one; without any, the ticket decides alone. */
async function carrierOf(
  { vendors, credentials, streamUrl }: StreamRouteOptions,
  served: Served,
  request: SocketRequest,
): Promise<CarrierIngress | null> {
  if (!isSigned(request.headers)) {
    const vendor = Object.values(served.deployment.connections).find((each) =>
      vendors.carriers.has(each.vendor),
    )?.vendor;
    return vendors.carriers.get(vendor ?? "") ?? null;
  }
  const verified = await verifiedBy(served, vendors.carriers, credentials, inboundOf(streamUrl, request));
  return verified?.vendor ?? null;
}

const isSigned = (headers: IncomingHttpHeaders): boolean =>
  Object.keys(headers).some((name) => name.endsWith("-signature"));

const inboundOf = (streamUrl: string, request: SocketRequest): InboundRequest => ({
  url: streamUrl + request.path,
  headers: Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  ),
  body: "",
  receivedAtMs: request.receivedAtMs,
});
