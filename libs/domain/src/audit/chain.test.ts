import { describe, expect, test } from "vitest";
import { type AuditLink, checkpointText, ChainWalk, GENESIS, linkHash } from "./index.ts";

const ROWS = 10_000;

function linkAfter(previous: AuditLink | undefined, seq: number, action = "rollout.phase-entered"): AuditLink {
  const content = {
    tenantId: "t1",
    seq,
    at: new Date(1_700_000_000_000 + seq * 1000).toISOString(),
    actor: "worker",
    via: "worker",
    action,
    object: `rollout/${seq % 7}`,
    beforeHash: null,
    afterHash: String(seq),
    reason: null,
    requestId: null,
    prevHash: previous?.hash ?? GENESIS,
    hash: "",
  };
  return { ...content, hash: linkHash(content) };
}

const log: AuditLink[] = [];
for (let seq = 1; seq <= ROWS; seq += 1) log.push(linkAfter(log.at(-1), seq));
const head = { seq: ROWS, hash: log[ROWS - 1]!.hash };
/** The end of the rows before an index. */
const headBefore = (index: number) => ({ seq: index, hash: log[index - 1]?.hash ?? GENESIS });

/** Walks `rows` as they stand behind the untouched rows before `index`; a walk over those comes to the same state. */
function verdictFrom(
  index: number,
  rows: readonly AuditLink[],
  recorded: { seq: number; hash: string } | undefined = head,
) {
  const walk = new ChainWalk([], headBefore(index));
  for (const row of rows) if (!walk.take(row)) break;
  return walk.finish(recorded);
}

test("a log as written is intact, from its beginning and behind every head", () => {
  const walk = new ChainWalk([headBefore(500), head]);
  for (const row of log) walk.take(row);
  expect(walk.finish(head)).toEqual({ intact: true, rows: ROWS, head, brokenAt: null, problem: null });
});

describe(`each of ${ROWS} rows`, () => {
  const everyIndex = Array.from({ length: ROWS }, (_, index) => index);
  const edits: readonly ((row: AuditLink) => AuditLink)[] = [
    (row) => ({ ...row, action: "x" }),
    (row) => ({ ...row, actor: "key:1" }),
    (row) => ({ ...row, at: "2026-01-01T00:00:00.000Z" }),
    (row) => ({ ...row, object: "rollout/x" }),
    (row) => ({ ...row, afterHash: "x" }),
    (row) => ({ ...row, reason: "" }),
    (row) => ({ ...row, requestId: "r" }),
    (row) => ({ ...row, tenantId: "t2" }),
    (row) => ({ ...row, via: "cli" }),
    (row) => ({ ...row, beforeHash: "" }),
    (row) => ({ ...row, hash: GENESIS }),
    (row) => ({ ...row, prevHash: row.hash }),
  ];

  test("edited, shows", () => {
    for (const index of everyIndex) {
      const edited = edits[index % edits.length]!(log[index]!);
      expect(verdictFrom(index, [edited]).brokenAt).toBe(index + 1);
    }
  });

  test("edited and hashed anew, shows at the row behind it, or at the end", () => {
    for (const index of everyIndex) {
      const edited = { ...log[index]!, action: "x" };
      const forged = { ...edited, hash: linkHash(edited) };
      const verdict = verdictFrom(index, [forged, ...log.slice(index + 1, index + 2)]);
      expect(verdict.intact).toBe(false);
    }
  });

  test("taken out, shows", () => {
    for (const index of everyIndex) {
      const verdict = verdictFrom(index, log.slice(index + 1, index + 3));
      expect(verdict).toMatchObject({ intact: false, brokenAt: index + 1 });
    }
  });

  test("exchanged with its neighbour, shows, numbers exchanged or not", () => {
    for (const index of everyIndex.slice(0, -1)) {
      const [one, other] = [log[index]!, log[index + 1]!];
      expect(verdictFrom(index, [other, one]).intact).toBe(false);
      expect(
        verdictFrom(index, [
          { ...other, seq: one.seq },
          { ...one, seq: other.seq },
        ]).intact,
      ).toBe(false);
    }
  });

  test("pushed in, shows", () => {
    for (const index of everyIndex) {
      const invented = linkAfter(log[index - 1], index + 1, "invented");
      expect(verdictFrom(index, [invented, ...log.slice(index, index + 1)]).intact).toBe(false);
    }
  });

  test("made the last one, shows against the head that the log tells, and against a checkpoint when that was shortened too", () => {
    for (const index of everyIndex) {
      expect(verdictFrom(index, []).problem).toContain(`rows after ${index} are missing`);
      const shortened = new ChainWalk([head], headBefore(index)).finish(headBefore(index));
      expect(shortened.problem).toContain(`a checkpoint names row ${ROWS}`);
    }
  });
});

test("a log that was written anew from the beginning fits itself, and not the checkpoint", () => {
  const forged: AuditLink[] = [];
  for (let seq = 1; seq <= 100; seq += 1) forged.push(linkAfter(forged.at(-1), seq, "nothing.happened"));
  const end = { seq: 100, hash: forged[99]!.hash };
  const alone = new ChainWalk();
  for (const row of forged) alone.take(row);
  expect(alone.finish(end).intact).toBe(true);
  const held = new ChainWalk([headBefore(50)]);
  for (const row of forged) held.take(row);
  expect(held.finish(end)).toMatchObject({
    intact: false,
    brokenAt: 50,
    problem: "the checkpoint at row 50 does not fit",
  });
});

test("a checkpoint's text names what it is over, in one spelling", () => {
  const checkpoint = { keyId: "k", at: "2026-11-28T00:00:00.000Z", hash: "a", seq: 1, tenantId: "t" };
  const { tenantId, seq, hash, at, keyId } = checkpoint;
  expect(checkpointText({ tenantId, seq, hash, at, keyId })).toBe(checkpointText(checkpoint));
  expect(checkpointText(checkpoint)).toContain("tandem-audit-checkpoint-1");
});
