import type { ApiConfig } from "@tandem/config";

type Address = Pick<ApiConfig, "apiUrl" | "port">;

/** Where people reach the API, without a trailing slash. */
export const publicUrl = ({ apiUrl, port }: Address): string => apiUrl ?? `http://127.0.0.1:${port}`;

/** Whether people reach it in the clear on this machine alone, where browsers keep no `Secure` cookie. */
export function isLocal(config: Address): boolean {
  const { protocol, hostname } = new URL(publicUrl(config));
  return protocol === "http:" && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
