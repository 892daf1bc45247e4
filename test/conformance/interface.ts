import type { Json } from "@tandem/kernel";
import type { RecordedExchange } from "./recording.ts";

/** One operation of a vendor's interface that an exchange belongs to. */
export interface Operation {
  /** `METHOD /path/{template}`. */
  readonly name: string;
  /** What is wrong with the request; empty when it conforms. */
  checkRequest(exchange: RecordedExchange): readonly string[];
  /** What is wrong with the emulator's answer; empty when it conforms. */
  checkResponse(exchange: RecordedExchange): readonly string[];
}

/** A vendor's interface, made from its own description. */
export interface VendorInterface {
  /** The operation that the request is for, or undefined when the vendor has none such. */
  find(exchange: RecordedExchange): Operation | undefined;
}

/** Every deviation in a recording, one line each: what our adapters send wrong and what our emulators answer wrong. */
export function deviations(vendor: VendorInterface, exchanges: readonly RecordedExchange[]): readonly string[] {
  const lines = exchanges.flatMap((exchange) => {
    const { request, response } = exchange;
    const operation = vendor.find(exchange);
    if (operation === undefined) return [`${request.method} ${request.path}: the vendor has no such operation`];
    return [
      ...operation.checkRequest(exchange).map((line) => `${operation.name} request: ${line}`),
      ...operation.checkResponse(exchange).map((line) => `${operation.name} answer ${response.status}: ${line}`),
    ];
  });
  return [...new Set(lines)];
}

/** Names of the operations that a recording touched, sorted. */
export const touched = (vendor: VendorInterface, exchanges: readonly RecordedExchange[]): readonly string[] =>
  [...new Set(exchanges.map((exchange) => vendor.find(exchange)?.name ?? "unknown"))].sort();

/** A path template (`/a/{id}`) as an expression over a whole path. */
export const templatePattern = (template: string): RegExp =>
  new RegExp(`^${template.replaceAll(/[.*+?^$()|[\]\\]/gu, String.raw`\$&`).replaceAll(/\{[^}]+\}/gu, "[^/]+")}$`, "u");

/** A JSON body, or undefined when there is none. */
export const jsonBody = (text: string): Json | undefined => (text === "" ? undefined : (JSON.parse(text) as Json));
