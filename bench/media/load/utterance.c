#include "load.h"
#include <stdlib.h>
#include <string.h>

static Utterance **all;
static uint32_t size = 1, room;

Utterance *new_utterance(Conn *conn, char release) {
  if (size >= room) all = realloc(all, (room = room ? room * 2 : 4096) * sizeof *all);
  Utterance *utterance = calloc(1, sizeof *utterance);
  utterance->id = size;
  utterance->conn = conn;
  utterance->release = release;
  all[size++] = utterance;
  return utterance;
}

Utterance *utterance_of(uint32_t id) { return id > 0 && id < size ? all[id] : all[1]; }

size_t next_frames(Utterance *utterance, uint32_t frames, char *encoded) {
  uint8_t audio[FRAME_BYTES * 64];
  if (frames > 60) frames = 60;
  if (!utterance->is_endless && frames > utterance->length - utterance->frame) frames = utterance->length - utterance->frame;
  for (uint32_t index = 0; index < frames; index++) {
    VoiceStamp stamp = {utterance->id, utterance->frame++, now_ns(), utterance->release};
    voice_frame(audio + index * FRAME_BYTES, &stamp);
  }
  return base64(encoded, audio, frames * FRAME_BYTES);
}

char release_after(const char *text, size_t size_, const char *prefix) {
  const char *found = memmem(text, size_, prefix, strlen(prefix));
  if (found == NULL) return '?';
  found += strlen(prefix);
  return strncmp(found, "blue", 4) == 0 ? 'b' : strncmp(found, "green", 5) == 0 ? 'g' : '?';
}
