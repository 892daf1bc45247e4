import { connect, type Socket } from "node:net";

/** Requests per second that `connections` keep-alive clients, one request each at a time, get answered within `durationMs`. */
export async function requestsPerSecond(
  target: { port: number; path: string; authorization: string },
  connections: number,
  durationMs: number,
): Promise<number> {
  const request = `GET ${target.path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ${target.authorization}\r\n\r\n`;
  const endAt = performance.now() + durationMs;
  const answered = await Promise.all(Array.from({ length: connections }, () => client(target.port, request, endAt)));
  return (answered.reduce((sum, count) => sum + count, 0) / durationMs) * 1000;
}

function client(port: number, request: string, endAt: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let answered = 0;
    let pending = "";
    const socket: Socket = connect(port, "127.0.0.1", () => socket.write(request));
    socket.setNoDelay(true);
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      pending += chunk.toString("latin1");
      const end = wholeAnswer(pending);
      if (end === 0) return;
      if (!pending.startsWith("HTTP/1.1 200")) return reject(new Error(pending.slice(0, 300)));
      pending = pending.slice(end);
      answered += 1;
      if (performance.now() < endAt) socket.write(request);
      else {
        socket.destroy();
        resolve(answered);
      }
    });
  });
}

/** Length of the first answer in the text, 0 while it is not whole. */
function wholeAnswer(text: string): number {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return 0;
  const length = /content-length: (\d+)/i.exec(text.slice(0, head));
  const end = head + 4 + Number(length?.[1] ?? 0);
  return text.length >= end ? end : 0;
}
