// The carrier's part that is no audio: it asks the node what to do with a ringing call, and reports its end.
import { createHmac } from "node:crypto";
import { Agent, request } from "node:http";

export const AUTH_TOKEN = "bench-carrier-token";
export const INGRESS_KEY = "0123456789abcdefghijklmnop";
/** What the carrier signs; the node listens elsewhere. */
export const PUBLIC_URL = "https://calls.example.com";

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

export const callIdOf = (index: number): string => `CA${String(index).padStart(32, "0")}`;
const numberOf = (index: number): string => `+1555${String(1_000_000 + index)}`;

/** Where a ringing call is to be connected; null when the node did not take it. */
export interface Connected {
  readonly path: string;
  /** Members of the stream's `customParameters`. */
  readonly parameters: string;
}

/** Asks as the carrier does when call number `index` rings. */
export async function ring(port: number, index: number): Promise<Connected | null> {
  const document = await post(port, `/voice/${INGRESS_KEY}`, index, "ringing");
  const url = /<Stream url="([^"]+)"/.exec(document)?.[1];
  const ticket = /name="ticket" value="([^"]+)"/.exec(document)?.[1];
  if (url === undefined || ticket === undefined) return null;
  return { path: new URL(url).pathname, parameters: `"ticket":"${ticket}"` };
}

/** Reports that a call has ended. */
export const reportEnd = async (port: number, index: number): Promise<void> =>
  void (await post(port, `/voice/${INGRESS_KEY}/status`, index, "completed"));

function post(port: number, path: string, index: number, status: string): Promise<string> {
  const form = { CallSid: callIdOf(index), CallStatus: status, From: numberOf(index), To: "+15550100001" };
  const signed = Object.entries(form).flat().join("");
  const signature = createHmac("sha1", AUTH_TOKEN).update(`${PUBLIC_URL}${path}${signed}`).digest("base64");
  const body = new URLSearchParams(form).toString();
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "content-length": body.length,
    "x-twilio-signature": signature,
  };
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, method: "POST", path, headers, agent }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => {
        if ((response.statusCode ?? 0) < 300) resolve(text);
        else reject(new Error(`${path}: ${response.statusCode} ${text}`));
      });
    });
    sent.on("error", reject).end(body);
  });
}
