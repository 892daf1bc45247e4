#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIXED_LINE_FRAMES = 25 };

/* One speech socket; contexts come one after another. */
typedef struct {
  Utterance *utterance;
} Voice;

static void done(Utterance *utterance) {
  char text[256];
  int size = snprintf(text, sizeof text, "{\"type\":\"done\",\"context_id\":\"%s\",\"status_code\":200,\"done\":true}", utterance->context);
  utterance->is_over = 1;
  send_frame(utterance->conn, TEXT, text, (size_t)size);
}

static void send_chunk(Utterance *utterance, uint32_t frames) {
  static char text[65536];
  int size = snprintf(text, sizeof text, "{\"type\":\"chunk\",\"context_id\":\"%s\",\"status_code\":206,\"done\":false,\"data\":\"", utterance->context);
  size += (int)next_frames(utterance, frames, text + size);
  size += snprintf(text + size, 64, "\",\"step_time\":10.5}");
  send_frame(utterance->conn, TEXT, text, (size_t)size);
}

static void sound(void *of, uint64_t due) {
  Utterance *utterance = of;
  if (utterance->is_over || utterance->conn->fd < 0) return;
  int chunks = utterance->has_begun ? 1 : settings.burst_frames;
  utterance->has_begun = 1;
  while (chunks-- > 0 && (utterance->is_endless || utterance->frame < utterance->length)) send_chunk(utterance, (uint32_t)settings.chunk_frames);
  if (utterance->is_endless || utterance->frame < utterance->length) at(due + (uint64_t)settings.period_ms * MS, sound, utterance);
  else if (utterance->is_text_over) done(utterance);
}

static void say(Utterance *utterance, const char *text, size_t size) {
  int is_first = utterance->length == 0;
  if (utterance->request == 0) {
    utterance->request = completion_in(text, size);
    if (utterance->request != 0) {
      completion_is(utterance->request, utterance);
      if (completion_release(utterance->request) != utterance->release) count(MIXED);
    }
  }
  for (size_t from = 0; from < size; from++) utterance->tokens += text[from] == ' ' || text[from] == '.';
  tokens_spoken(utterance->request, utterance->tokens);
  if (!is_first) return;
  utterance->is_endless = memmem(text, size, "Endless", 7) != NULL;
  utterance->length = utterance->request != 0 ? (uint32_t)settings.reply_frames : FIXED_LINE_FRAMES;
  at(now_ns() + (uint64_t)settings.tts_ms * MS, sound, utterance);
}

static void cancel(Utterance *utterance) {
  if (utterance->is_over) return;
  utterance->is_over = 1;
  Call *call = utterance->listener;
  if (call != NULL && (call->is_cleared || call->is_barging)) sample(VOICE_CANCEL, now_ns() - call->barge_ns);
}

static void told(Conn *conn, int opcode, uint8_t *bytes, size_t size) {
  Voice *voice = conn->of;
  if (opcode == CLOSE) {
    send_frame(conn, CLOSE, bytes, size < 2 ? 0 : 2);
    return hang_up(conn);
  }
  const char *text = (const char *)bytes, *context = memmem(text, size, "\"context_id\":\"", 14), *transcript = memmem(text, size, "\"transcript\":\"", 14);
  if (context == NULL) return;
  int length = (int)strcspn(context + 14, "\"");
  Utterance *present = voice->utterance;
  int is_present = present != NULL && strncmp(present->context, context + 14, (size_t)length) == 0;
  if (memmem(text, size, "\"cancel\":true", 13) != NULL) return is_present ? cancel(present) : (void)0;
  if (transcript == NULL) return;
  if (!is_present) {
    present = voice->utterance = new_utterance(conn, release_after(text, size, "\"mode\":\"id\",\"id\":\""));
    snprintf(present->context, sizeof present->context, "%.*s", length, context + 14);
  }
  size_t spoken = strcspn(transcript + 14, "\"");
  if (spoken > 0) say(present, transcript + 14, spoken);
  if (memmem(text, size, "\"continue\":false", 16) == NULL) return;
  present->is_text_over = 1;
  if (!present->is_over && present->frame >= present->length) done(present);
}

static void readable(Conn *conn) { read_frames(conn, told); }
static void gone(Conn *conn) {
  Voice *voice = conn->of;
  if (voice->utterance != NULL) voice->utterance->is_over = 1;
}

void take_voice(Conn *conn) {
  static const Handler handler = {readable, gone};
  conn->of = calloc(1, sizeof(Voice));
  conn->handler = &handler;
}
