#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One listen socket: words come as the audio's own stamps say. */
typedef struct {
  Conn *conn;
  Hearing hearing;
  uint32_t from_frame;
} Recogniser;

static const char *words[] = {"Could", "you", "tell", "me", "when", "you", "open?"};
enum { WORDS = 7 };

int hear(Hearing *hearing, const uint8_t *frame, CallerStamp *stamp) {
  hearing->frames++;
  if (!read_caller_stamp(frame, stamp)) return 0;
  if (hearing->is_known && stamp->frame != hearing->next_frame) count(LOST_UP);
  hearing->is_known = 1;
  hearing->call = stamp->call;
  hearing->next_frame = stamp->frame + 1;
  sample(UP, now_ns() - stamp->sent_ns);
  return 1;
}

static void tell(Recogniser *recogniser, int heard, int is_final, int is_finalize) {
  char text[4096];
  double from = recogniser->from_frame * 0.02, each = settings.speech_frames * 0.02 / WORDS;
  int size = snprintf(text, sizeof text, "{\"type\":\"Results\",\"channel_index\":[0,1],\"duration\":%.2f,\"start\":%.2f,\"is_final\":%s,\"speech_final\":false,\"from_finalize\":%s,\"channel\":{\"alternatives\":[{\"transcript\":\"", recogniser->hearing.frames * 0.02 - from, from, is_final ? "true" : "false", is_finalize ? "true" : "false");
  for (int word = 0; word < heard; word++) size += snprintf(text + size, sizeof text - (size_t)size, "%s%s", word ? " " : "", words[word]);
  size += snprintf(text + size, sizeof text - (size_t)size, "\",\"confidence\":0.98,\"words\":[");
  for (int word = 0; word < heard; word++)
    size += snprintf(text + size, sizeof text - (size_t)size, "%s{\"word\":\"%s\",\"punctuated_word\":\"%s\",\"start\":%.3f,\"end\":%.3f,\"confidence\":0.98}", word ? "," : "", words[word], words[word], from + word * each, from + (word + 1) * each);
  size += snprintf(text + size, sizeof text - (size_t)size, "]}]}}");
  send_frame(recogniser->conn, TEXT, text, (size_t)size);
}

static void tell_final(void *of, uint64_t due) {
  (void)due;
  tell(of, WORDS, 1, 0);
}

static void hear_frame(Recogniser *recogniser, const uint8_t *frame) {
  CallerStamp stamp;
  if (!hear(&recogniser->hearing, frame, &stamp) || stamp.spoken == 0) return;
  if (stamp.spoken == 1) recogniser->from_frame = recogniser->hearing.frames - 1;
  if (stamp.spoken == (uint32_t)settings.speech_frames) return at(now_ns() + (uint64_t)settings.stt_ms * MS, tell_final, recogniser);
  if (stamp.spoken % (uint32_t)settings.partial_frames != 0) return;
  asked_for_floor(stamp.call);
  tell(recogniser, (int)(WORDS * stamp.spoken / (uint32_t)settings.speech_frames) + 1 < WORDS ? (int)(WORDS * stamp.spoken / (uint32_t)settings.speech_frames) + 1 : WORDS - 1, 0, 0);
}

static void told(Conn *conn, int opcode, uint8_t *bytes, size_t size) {
  Recogniser *recogniser = conn->of;
  if (opcode == BINARY)
    for (size_t from = 0; from + FRAME_BYTES <= size; from += FRAME_BYTES) hear_frame(recogniser, bytes + from);
  else if (opcode == TEXT && memmem(bytes, size, "Finalize", 8) != NULL) tell(recogniser, 0, 1, 1);
  else if (opcode == CLOSE || (opcode == TEXT && memmem(bytes, size, "CloseStream", 11) != NULL)) {
    send_frame(conn, CLOSE, "\x03\xe8", 2);
    if (opcode == CLOSE) hang_up(conn);
  }
}

static void readable(Conn *conn) { read_frames(conn, told); }
static void gone(Conn *conn) { (void)conn; }

void take_recogniser(Conn *conn, const char *request) {
  static const Handler handler = {readable, gone};
  Recogniser *recogniser = calloc(1, sizeof *recogniser);
  (void)request;
  recogniser->conn = conn;
  conn->of = recogniser;
  conn->handler = &handler;
}
