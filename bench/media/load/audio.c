#include "load.h"
#include <math.h>
#include <string.h>

static uint8_t voiced[2][FRAME_BYTES];

static uint8_t mulaw(double sample) {
  int value = (int)(sample * 32767), sign = value < 0 ? 0x80 : 0, exponent = 7;
  if (sign) value = -value;
  if (value > 32635) value = 32635;
  value += 132;
  for (int bit = 0x4000; exponent > 0 && !(value & bit); bit >>= 1) exponent--;
  return (uint8_t)~(sign | exponent << 4 | (value >> (exponent + 3) & 15));
}

/* A voice of 125 Hz; 40 ms of it repeat. */
static void make_voice(void) {
  for (int index = 0; index < 2 * FRAME_BYTES; index++) {
    double sample = 0;
    for (int harmonic = 1; harmonic <= 8; harmonic++) sample += sin(2 * M_PI * 125 * harmonic * index / 8000.0) / harmonic;
    voiced[index / FRAME_BYTES][index % FRAME_BYTES] = mulaw(sample * 0.15);
  }
}

/* Stamps ride as nibbles in the quietest µ-law bytes: no detector takes them for sound. */
static uint8_t *put(uint8_t *at, uint64_t value, int nibbles) {
  while (nibbles-- > 0) *at++ = (uint8_t)(0xf0 | (value >> (4 * nibbles) & 15));
  return at;
}

static const uint8_t *get(const uint8_t *at, uint64_t *value, int nibbles) {
  *value = 0;
  while (nibbles-- > 0) *value = *value << 4 | (*at++ & 15);
  return at;
}

void caller_frame(uint8_t *frame, const CallerStamp *stamp) {
  if (voiced[0][0] == 0) make_voice();
  if (stamp->spoken > 0) memcpy(frame, voiced[stamp->spoken & 1], FRAME_BYTES);
  else memset(frame, 0xff, FRAME_BYTES);
  uint8_t *at = put(frame, 0x5a, 2);
  at = put(at, stamp->frame, 6);
  at = put(at, stamp->call, 4);
  at = put(at, stamp->spoken, 3);
  put(at, stamp->sent_ns, 15);
}

int read_caller_stamp(const uint8_t *frame, CallerStamp *stamp) {
  uint64_t value;
  if (frame[0] != 0xf5 || frame[1] != 0xfa) return 0;
  const uint8_t *at = get(frame + 2, &value, 6);
  stamp->frame = (uint32_t)value;
  at = get(at, &value, 4);
  stamp->call = (uint32_t)value;
  at = get(at, &value, 3);
  stamp->spoken = (uint32_t)value;
  get(at, &stamp->sent_ns, 15);
  return 1;
}

void voice_frame(uint8_t *frame, const VoiceStamp *stamp) {
  memset(frame, 0xff, FRAME_BYTES);
  memcpy(frame, "\x7eVC", 3);
  memcpy(frame + 3, &stamp->release, 1);
  memcpy(frame + 4, &stamp->utterance, 4);
  memcpy(frame + 8, &stamp->frame, 4);
  memcpy(frame + 12, &stamp->sent_ns, 8);
}

int read_voice_stamp(const uint8_t *frame, VoiceStamp *stamp) {
  if (memcmp(frame, "\x7eVC", 3) != 0) return 0;
  memcpy(&stamp->release, frame + 3, 1);
  memcpy(&stamp->utterance, frame + 4, 4);
  memcpy(&stamp->frame, frame + 8, 4);
  memcpy(&stamp->sent_ns, frame + 12, 8);
  return 1;
}

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64(char *out, const uint8_t *bytes, size_t size) {
  char *at = out;
  for (size_t index = 0; index < size; index += 3) {
    uint32_t three = (uint32_t)bytes[index] << 16 | (index + 1 < size ? (uint32_t)bytes[index + 1] << 8 : 0) | (index + 2 < size ? bytes[index + 2] : 0);
    *at++ = alphabet[three >> 18];
    *at++ = alphabet[three >> 12 & 63];
    *at++ = index + 1 < size ? alphabet[three >> 6 & 63] : '=';
    *at++ = index + 2 < size ? alphabet[three & 63] : '=';
  }
  return (size_t)(at - out);
}

size_t unbase64(uint8_t *out, const char *text, size_t size) {
  static int8_t values[256];
  if (values['B'] == 0)
    for (int index = 0; index < 64; index++) values[(uint8_t)alphabet[index]] = (int8_t)index;
  uint32_t bits = 0;
  int held = 0;
  uint8_t *at = out;
  for (size_t index = 0; index < size && text[index] != '='; index++) {
    bits = bits << 6 | (uint32_t)values[(uint8_t)text[index]];
    if ((held += 6) >= 8) *at++ = (uint8_t)(bits >> (held -= 8));
  }
  return (size_t)(at - out);
}
