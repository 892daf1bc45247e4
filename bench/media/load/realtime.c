#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A provider that hears and speaks on one socket, in the words of OpenAI's realtime interface. */
typedef struct {
  Conn *conn;
  Hearing hearing;
  Utterance *utterance;
  uint32_t event;
} Realtime;

static void tell(Realtime *realtime, const char *type, const char *members) {
  char text[2048];
  int size = snprintf(text, sizeof text, "{\"type\":\"%s\",\"event_id\":\"event_%u\"%s}", type, ++realtime->event, members);
  send_frame(realtime->conn, TEXT, text, (size_t)size);
}

static void send_delta(Realtime *realtime, Utterance *utterance) {
  char text[2048];
  int size = snprintf(text, sizeof text, "{\"type\":\"response.output_audio.delta\",\"event_id\":\"event_%u\",\"response_id\":\"resp_%u\",\"item_id\":\"item_%u\",\"output_index\":0,\"content_index\":0,\"delta\":\"", ++realtime->event, utterance->id, utterance->id);
  size += (int)next_frames(utterance, (uint32_t)settings.chunk_frames, text + size);
  size += snprintf(text + size, 8, "\"}");
  send_frame(realtime->conn, TEXT, text, (size_t)size);
}

static void sound(void *of, uint64_t due) {
  Realtime *realtime = of;
  Utterance *utterance = realtime->utterance;
  if (utterance == NULL || utterance->is_over || realtime->conn->fd < 0) return;
  int chunks = utterance->has_begun ? 1 : settings.burst_frames;
  utterance->has_begun = 1;
  while (chunks-- > 0) send_delta(realtime, utterance);
  at(due + (uint64_t)settings.period_ms * MS, sound, realtime);
}

static void respond(void *of, uint64_t due) {
  Realtime *realtime = of;
  char members[512];
  (void)due;
  if (realtime->conn->fd < 0) return;
  Utterance *utterance = realtime->utterance = new_utterance(realtime->conn, 'b');
  utterance->is_endless = 1;
  snprintf(members, sizeof members, ",\"response\":{\"id\":\"resp_%u\",\"object\":\"realtime.response\",\"status\":\"in_progress\",\"output\":[]}", utterance->id);
  tell(realtime, "response.created", members);
  snprintf(members, sizeof members, ",\"response_id\":\"resp_%u\",\"output_index\":0,\"item\":{\"id\":\"item_%u\",\"object\":\"realtime.item\",\"type\":\"message\",\"status\":\"in_progress\",\"role\":\"assistant\",\"content\":[]}", utterance->id, utterance->id);
  tell(realtime, "response.output_item.added", members);
  sound(realtime, now_ns());
}

static void hear_frame(Realtime *realtime, const uint8_t *frame) {
  CallerStamp stamp;
  char members[128];
  if (!hear(&realtime->hearing, frame, &stamp)) return;
  if (stamp.spoken == (uint32_t)settings.partial_frames && realtime->utterance != NULL) {
    realtime->utterance->is_over = 1;
    asked_for_floor(stamp.call);
    snprintf(members, sizeof members, ",\"audio_start_ms\":%u,\"item_id\":\"heard_%u\"", stamp.frame * 20, stamp.frame);
    tell(realtime, "input_audio_buffer.speech_started", members);
  } else if (stamp.spoken == (uint32_t)settings.speech_frames) at(now_ns() + (uint64_t)settings.realtime_ms * MS, respond, realtime);
}

static void told(Conn *conn, int opcode, uint8_t *bytes, size_t size) {
  Realtime *realtime = conn->of;
  uint8_t audio[4096];
  if (opcode == CLOSE) {
    send_frame(conn, CLOSE, bytes, size < 2 ? 0 : 2);
    return hang_up(conn);
  }
  const char *text = (const char *)bytes, *sound_ = memmem(text, size, "\"audio\":\"", 9);
  if (memmem(text, size, "input_audio_buffer.append", 25) != NULL && sound_ != NULL) {
    size_t length = strcspn(sound_ + 9, "\"");
    size_t heard = length <= 5000 ? unbase64(audio, sound_ + 9, length) : 0;
    for (size_t from = 0; from + FRAME_BYTES <= heard; from += FRAME_BYTES) hear_frame(realtime, audio + from);
  } else if (memmem(text, size, "\"session.update\"", 16) != NULL && realtime->utterance == NULL) {
    tell(realtime, "session.updated", ",\"session\":{\"type\":\"realtime\",\"id\":\"sess_1\",\"object\":\"realtime.session\",\"model\":\"gpt-realtime\"}");
    respond(realtime, 0);
  }
}

static void readable(Conn *conn) { read_frames(conn, told); }
static void gone(Conn *conn) { (void)conn; }

void take_realtime(Conn *conn) {
  static const Handler handler = {readable, gone};
  Realtime *realtime = calloc(1, sizeof *realtime);
  realtime->conn = conn;
  conn->of = realtime;
  conn->handler = &handler;
  tell(realtime, "session.created", ",\"session\":{\"type\":\"realtime\",\"id\":\"sess_1\",\"object\":\"realtime.session\",\"model\":\"gpt-realtime\"}");
}
