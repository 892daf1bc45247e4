#include "load.h"
#include <stdio.h>
#include <string.h>

static uint32_t rotate(uint32_t value, int by) { return value << by | value >> (32 - by); }

/* SHA-1 of at most 119 bytes: the opening handshake needs no more. */
static void sha1(const char *text, size_t size, uint8_t digest[20]) {
  uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}, words[80];
  uint8_t blocks[128] = {0};
  size_t total = size < 56 ? 64 : 128;
  memcpy(blocks, text, size);
  blocks[size] = 0x80;
  for (int index = 0; index < 8; index++) blocks[total - 1 - (size_t)index] = (uint8_t)((uint64_t)size * 8 >> (8 * index));
  for (size_t from = 0; from < total; from += 64) {
    for (int index = 0; index < 16; index++) {
      const uint8_t *four = blocks + from + 4 * index;
      words[index] = (uint32_t)four[0] << 24 | (uint32_t)four[1] << 16 | (uint32_t)four[2] << 8 | four[3];
    }
    for (int index = 16; index < 80; index++) words[index] = rotate(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (int index = 0; index < 80; index++) {
      uint32_t mixed = index < 20 ? (b & c) | (~b & d) : index < 40 || index >= 60 ? b ^ c ^ d : (b & c) | (b & d) | (c & d);
      uint32_t constant = index < 20 ? 0x5a827999 : index < 40 ? 0x6ed9eba1 : index < 60 ? 0x8f1bbcdc : 0xca62c1d6;
      uint32_t next = rotate(a, 5) + mixed + e + constant + words[index];
      e = d, d = c, c = rotate(b, 30), b = a, a = next;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
  }
  for (int index = 0; index < 20; index++) digest[index] = (uint8_t)(state[index / 4] >> (24 - 8 * (index % 4)));
}

char *header(const char *request, const char *name, char *value, size_t room) {
  const char *found = strcasestr(request, name);
  value[0] = 0;
  if (found == NULL) return value;
  found += strlen(name);
  while (*found == ' ' || *found == ':') found++;
  size_t size = strcspn(found, "\r\n");
  if (size >= room) size = room - 1;
  memcpy(value, found, size);
  value[size] = 0;
  return value;
}

void accept_socket(Conn *conn, const char *key) {
  char text[128], answer[256], accepted[40] = {0};
  uint8_t digest[20];
  int size = snprintf(text, sizeof text, "%.40s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
  sha1(text, (size_t)size, digest);
  accepted[base64(accepted, digest, 20)] = 0;
  size = snprintf(answer, sizeof answer, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accepted);
  send_bytes(conn, answer, (size_t)size);
}

void send_frame(Conn *conn, int opcode, const void *bytes, size_t size) {
  uint8_t frame[65536];
  size_t at = 0;
  if (size + 14 > sizeof frame) return;
  frame[at++] = (uint8_t)(0x80 | opcode);
  uint8_t mask = conn->is_client ? 0x80 : 0;
  if (size < 126) frame[at++] = (uint8_t)(mask | size);
  else {
    frame[at++] = mask | 126;
    frame[at++] = (uint8_t)(size >> 8);
    frame[at++] = (uint8_t)size;
  }
  if (mask) { /* a mask of zeros: the receiver unmasks all the same */
    memset(frame + at, 0, 4);
    at += 4;
  }
  memcpy(frame + at, bytes, size);
  send_bytes(conn, frame, at + size);
}

/* Size of the first whole frame's header, 0 when it is not all there; `payload` is the size of what follows it. */
static size_t frame_head(const Conn *conn, size_t from, size_t *payload) {
  const uint8_t *in = conn->in + from;
  size_t left = conn->in_len - from, head = 2;
  if (left < 2) return 0;
  *payload = in[1] & 0x7f;
  if (*payload == 126) {
    if (left < 4) return 0;
    *payload = (size_t)in[2] << 8 | in[3];
    head = 4;
  } else if (*payload == 127) {
    if (left < 10) return 0;
    *payload = (size_t)in[6] << 24 | (size_t)in[7] << 16 | (size_t)in[8] << 8 | in[9];
    head = 10;
  }
  if (in[1] & 0x80) head += 4;
  return left < head + *payload ? 0 : head;
}

void read_frames(Conn *conn, Told told) {
  size_t from = 0, payload, head;
  while (conn->fd >= 0 && (head = frame_head(conn, from, &payload)) > 0) {
    uint8_t *in = conn->in + from, *bytes = in + head;
    if (in[1] & 0x80)
      for (size_t index = 0; index < payload; index++) bytes[index] ^= (bytes - 4)[index & 3];
    int opcode = in[0] & 15;
    from += head + payload;
    if (opcode == PING) send_frame(conn, PONG, bytes, payload);
    else if (opcode != PONG) told(conn, opcode, bytes, payload);
  }
  if (conn->fd >= 0) take_in(conn, from);
}
