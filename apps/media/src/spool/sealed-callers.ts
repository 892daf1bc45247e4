import type { SessionRow, SessionWriter } from "@tandem/ports/store/pointer-feed";
import type { SealedText } from "../disk/sealed-text.ts";
import type { SpoolRecord } from "./record.ts";

const MARK = "sealed:";

/** Callers' numbers are sealed while their calls wait on disk, and opened on the way to the database. */
export function sealedCallers(texts: SealedText): {
  sealed(record: SpoolRecord): SpoolRecord;
  opening(writer: SessionWriter): SessionWriter;
} {
  /** A number that cannot be opened any more, because the key is another one, is given up: the call itself is not. */
  const opened = (row: SessionRow): SessionRow =>
    row.from?.startsWith(MARK) === true
      ? { ...row, from: texts.open(row.sessionId, row.from.slice(MARK.length)) }
      : row;
  return {
    sealed: (record) =>
      record.kind === "session" && record.row.from !== null
        ? { kind: "session", row: { ...record.row, from: MARK + texts.seal(record.row.sessionId, record.row.from) } }
        : record,
    opening: (writer) => ({ write: (batch) => writer.write({ ...batch, sessions: batch.sessions.map(opened) }) }),
  };
}
