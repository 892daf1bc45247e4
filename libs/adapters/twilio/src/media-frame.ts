/** What a media frame is made of: places in the frame's bytes, −1 where a member is not there. */
export class MediaFrame {
  sequence = -1;
  chunk = -1;
  timestampMs = -1;
  streamStart = -1;
  streamEnd = -1;
  payloadStart = -1;
  payloadEnd = -1;
  isInbound = false;
  /** The value just walked over; its end is where the walk stands. */
  valueStart = -1;
  valueEnd = -1;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const BACKSLASH = 0x5c;

const START = Buffer.from('{"event":"media"', "latin1");
const SEQUENCE = 0;
const STREAM = 1;
const MEDIA = 2;
/** Keys from here on are members of `media`. */
const INNER_KEYS = 3;
const TRACK = 3;
const CHUNK = 4;
const TIMESTAMP = 5;
const PAYLOAD = 6;
const KEY_BYTES = ["sequenceNumber", "streamSid", "media", "track", "chunk", "timestamp", "payload"].map((key) =>
  Buffer.from(key, "latin1"),
);
const INBOUND = Buffer.from("inbound", "latin1");
const MOST_DIGITS = 15;

const isAt = (frame: Uint8Array, at: number, expected: Uint8Array): boolean => {
  for (let index = 0; index < expected.length; index += 1) if (frame[at + index] !== expected[index]) return false;
  return true;
};

/** True when the frame begins as Twilio writes its media frames. */
export const looksLikeMedia = (frame: Uint8Array): boolean => isAt(frame, 0, START);

/**
 * Finds the members of a media frame by walking over its bytes. False when the frame is written otherwise than Twilio writes it
 * (spaces, escapes, members that we do not know): it may still be right, and a JSON parser decides. Allocates nothing.
 */
export const scanMedia = (frame: Buffer, found: MediaFrame): boolean =>
  scanUsualOrder(frame, found) || scanAnyOrder(frame, found);

const BEFORE_SEQUENCE = Buffer.from('{"event":"media","sequenceNumber":"', "latin1");
const BEFORE_CHUNK = Buffer.from('","media":{"track":"inbound","chunk":"', "latin1");
const BEFORE_TIMESTAMP = Buffer.from('","timestamp":"', "latin1");
const BEFORE_PAYLOAD = Buffer.from('","payload":"', "latin1");
const BEFORE_STREAM = Buffer.from('"},"streamSid":"', "latin1");
const END = Buffer.from('"}', "latin1");

/** The one order in which Twilio sends the members: no key is searched for. */
function scanUsualOrder(frame: Buffer, found: MediaFrame): boolean {
  found.valueEnd = 0;
  if (!isNext(frame, found, BEFORE_SEQUENCE) || (found.sequence = nextNumber(frame, found)) < 0) return false;
  if (!isNext(frame, found, BEFORE_CHUNK) || (found.chunk = nextNumber(frame, found)) < 0) return false;
  if (!isNext(frame, found, BEFORE_TIMESTAMP) || (found.timestampMs = nextNumber(frame, found)) < 0) return false;
  if (!isNext(frame, found, BEFORE_PAYLOAD)) return false;
  found.payloadStart = found.valueEnd;
  found.payloadEnd = found.valueEnd = frame.indexOf(QUOTE, found.valueEnd);
  if (found.payloadEnd < 0 || !isNext(frame, found, BEFORE_STREAM)) return false;
  found.streamStart = found.valueEnd;
  found.streamEnd = found.valueEnd = endOfText(frame, found.valueEnd);
  found.isInbound = true;
  return found.streamEnd >= 0 && isNext(frame, found, END) && found.valueEnd === frame.length;
}

/** True when these bytes come next; the walk then stands after them. */
function isNext(frame: Uint8Array, found: MediaFrame, expected: Uint8Array): boolean {
  if (!isAt(frame, found.valueEnd, expected)) return false;
  found.valueEnd += expected.length;
  return true;
}

/** The digits up to the next quote, where the walk then stands; −1 when they are no number. */
function nextNumber(frame: Buffer, found: MediaFrame): number {
  const start = found.valueEnd;
  found.valueEnd = endOfText(frame, start);
  return digits(frame, start, found.valueEnd);
}

function scanAnyOrder(frame: Buffer, found: MediaFrame): boolean {
  forget(found);
  let at = START.length;
  let depth = 1;
  while (at < frame.length) {
    if (frame[at] === CLOSE) {
      depth -= 1;
      at += 1;
      if (depth === 0) return at === frame.length;
      continue;
    }
    if (frame[at] === COMMA) at += 1;
    else if (frame[at - 1] !== OPEN) return false;
    const key = keyAt(frame, at);
    const bytes = KEY_BYTES[key];
    if (bytes === undefined || (key < INNER_KEYS ? 1 : 2) !== depth) return false;
    at += bytes.length + 3;
    if (frame[at] === OPEN) {
      if (key !== MEDIA) return false;
      depth = 2;
      at += 1;
      continue;
    }
    const end = frame[at] === QUOTE ? endOfText(frame, at + 1) : -1;
    found.valueStart = at + 1;
    found.valueEnd = end;
    if (end < 0 || frame[end - 1] === BACKSLASH || !take(frame, found, key)) return false;
    at = end + 1;
  }
  return false;
}

/** Number of the key whose opening quote is at `at`, closed and followed by a colon; −1 for another. */
function keyAt(frame: Uint8Array, at: number): number {
  if (frame[at] !== QUOTE) return -1;
  const key = keyThatBegins(frame[at + 1] ?? 0, frame[at + 2] ?? 0);
  const bytes = KEY_BYTES[key];
  if (bytes === undefined) return -1;
  const after = at + 1 + bytes.length;
  return frame[after] === QUOTE && frame[after + 1] === COLON && isAt(frame, at + 1, bytes) ? key : -1;
}

/** The only key that may begin with these two letters. */
function keyThatBegins(first: number, second: number): number {
  switch (first) {
    case 0x73: // s
      return second === 0x65 ? SEQUENCE : STREAM;
    case 0x6d: // m
      return MEDIA;
    case 0x74: // t
      return second === 0x72 ? TRACK : TIMESTAMP;
    case 0x63: // c
      return CHUNK;
    case 0x70: // p
      return PAYLOAD;
    default:
      return -1;
  }
}

/** Where the text that begins at `start` ends: the next quote; −1 when there is none. */
function endOfText(frame: Buffer, start: number): number {
  for (let index = start; index < frame.length; index += 1) {
    if (frame[index] === QUOTE) return index;
    // Long: the machine searches faster.
    if (index - start > 40) return frame.indexOf(QUOTE, index);
  }
  return -1;
}

function forget(found: MediaFrame): void {
  found.sequence = -1;
  found.chunk = -1;
  found.timestampMs = -1;
  found.streamStart = -1;
  found.payloadStart = -1;
  found.isInbound = false;
}

/** Keeps where a member's text lies, or its number. False when it is none that the fast way knows. */
function take(frame: Uint8Array, found: MediaFrame, key: number): boolean {
  const { valueStart: start, valueEnd: end } = found;
  switch (key) {
    case SEQUENCE:
      return (found.sequence = digits(frame, start, end)) >= 0;
    case STREAM:
      found.streamStart = start;
      found.streamEnd = end;
      return true;
    case TRACK:
      return (found.isInbound = end - start === INBOUND.length && isAt(frame, start, INBOUND));
    case CHUNK:
      return (found.chunk = digits(frame, start, end)) >= 0;
    case TIMESTAMP:
      return (found.timestampMs = digits(frame, start, end)) >= 0;
    case PAYLOAD:
      found.payloadStart = start;
      found.payloadEnd = end;
      return true;
    default:
      return false;
  }
}

/** A decimal number of at most fifteen digits; −1 when it is none. */
function digits(frame: Uint8Array, start: number, end: number): number {
  if (end <= start || end - start > MOST_DIGITS) return -1;
  let number = 0;
  for (let index = start; index < end; index += 1) {
    const digit = (frame[index] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}
