/**
 * Why we close a carrier's audio stream, as WebSocket close codes. The carrier then asks the call's action address what comes next, so a
 * refused stream never leaves an honest caller without an answer. Codes below 4000 are the protocol's own.
 */
export const STREAM_CLOSE = {
  /** The call is over, or goes on elsewhere. */
  ended: 1000,
  /** This node stops. */
  stopping: 1001,
  /** Binary where the protocol is text. */
  binary: 1003,
  /** Larger than 64 KiB; sent by the WebSocket layer itself. */
  oversized: 1009,
  /** Something broke on our side. */
  internal: 1011,
  /** Not a frame of the protocol, or one that cannot come now: unreadable, out of order, twice, after the end, of another stream. */
  malformed: 4400,
  /** The ticket is forged, late, used, or for another call, node or deployment. Which of these is not told. */
  refused: 4401,
  /** No valid start within five seconds. */
  unstarted: 4408,
  /** A started stream on which the carrier has sent nothing for fifteen seconds. */
  silent: 4409,
  /** The release that the call is pinned to has left its slot, or the call has ended. */
  gone: 4410,
  /** Audio that is not µ-law at 8 kHz. */
  format: 4415,
  /** More frames than any call has. */
  flooding: 4429,
  /** The receiver does not take what we send: more than 1 MiB waits. */
  congested: 4430,
} as const;

export type StreamCloseReason = keyof typeof STREAM_CLOSE;
