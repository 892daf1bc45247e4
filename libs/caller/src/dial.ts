import { WebSocket } from "ws";

const OPENS_WITHIN_MS = 5000;

/** Opens a WebSocket. `prepare` sees it before it opens, so that no frame is missed. Rejects when it does not open within five seconds. */
export function dial(
  url: string,
  headers: Readonly<Record<string, string>>,
  prepare: (socket: WebSocket) => void,
): Promise<WebSocket> {
  const socket = new WebSocket(url, {
    headers: { ...headers },
    perMessageDeflate: false,
    handshakeTimeout: OPENS_WITHIN_MS,
    followRedirects: false,
  });
  prepare(socket);
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.once("open", () => resolve(socket));
  });
}
