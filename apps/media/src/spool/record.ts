import { crc32 } from "node:zlib";
import type { SessionEventRow, SessionRow } from "@tandem/ports/store/pointer-feed";

/** One fact on its way to the database. */
export type SpoolRecord =
  | { readonly kind: "session"; readonly row: SessionRow }
  | { readonly kind: "event"; readonly row: SessionEventRow };

/** `<crc32 hex> <json>\n`: a torn or damaged line is recognised, not guessed at. */
export function encodeRecord(record: SpoolRecord): Buffer {
  const text = JSON.stringify(record);
  return Buffer.from(`${checksum(text)} ${text}\n`);
}

/** The record of a line without its line break; null when it is damaged. */
export function decodeRecord(line: string): SpoolRecord | null {
  const text = line.slice(9);
  if (line[8] !== " " || line.slice(0, 8) !== checksum(text)) return null;
  return JSON.parse(text) as SpoolRecord;
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, "0");
