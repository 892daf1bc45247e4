const FINAL_TEXT = 0x81;
const SHORT = 125;
const TWO_BYTES = 126;

/**
 * A whole WebSocket text frame from a server, in one buffer: sending it is one write, where header and payload apart are two and a gathering
 * of both. `payload` is at most 65,535 bytes.
 */
export function textFrame(payload: Uint8Array): Buffer {
  const { length } = payload;
  const head = length > SHORT ? 4 : 2;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = FINAL_TEXT;
  if (length > SHORT) {
    frame[1] = TWO_BYTES;
    frame[2] = length >> 8;
    frame[3] = length & 0xff;
  } else frame[1] = length;
  frame.set(payload, head);
  return frame;
}
