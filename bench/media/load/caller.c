#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int caller_port;
static Call **calls;
static uint32_t size, room;
static int opened;

int open_calls(void) { return opened; }

static void tell(Call *call, const char *event, const char *content) {
  char frame[2048];
  int length = snprintf(frame, sizeof frame, "{\"event\":\"%s\",\"sequenceNumber\":\"%u\",\"%s\":%s,\"streamSid\":\"%s\"}", event, ++call->sequence, event, content, call->stream);
  send_frame(call->conn, TEXT, frame, (size_t)length);
}

/* Which frame of speech is due, 0 in silence. */
static uint32_t next_spoken(Call *call, uint64_t now) {
  uint32_t whole = (uint32_t)settings.speech_frames;
  if (settings.cycle_frames > 0) {
    if (call->first_audio_ns == 0) return 0;
    if (call->cycle_from == 0) call->cycle_from = (int)(call->frame + 50 + call->index * 37 % 100);
    int place = ((int)call->frame - call->cycle_from) % settings.cycle_frames;
    return place >= 0 && place < settings.speech_frames ? (uint32_t)place + 1 : 0;
  }
  if (call->spoken > 0 && call->spoken < whole) return call->spoken + 1;
  if (call->is_awaited) {
    if (now - call->speech_end_ns < 6000 * MS) return 0;
    count(REPAIRS);
    call->is_awaited = 0;
    return 1;
  }
  if (call->first_audio_ns == 0) return 0;
  if (settings.interrupt_ms > 0 && call->utterance != 0) return now > call->first_audio_ns + (uint64_t)settings.interrupt_ms * MS;
  uint64_t rest = (uint64_t)settings.rest_ms * MS;
  return now > call->play_until_ns + rest && now > call->heard_ns + rest;
}

static void speak(void *of, uint64_t due) {
  Call *call = of;
  if (call->is_over) return;
  uint64_t now = now_ns();
  uint8_t audio[FRAME_BYTES];
  char payload[256], content[512];
  call->spoken = next_spoken(call, now);
  CallerStamp stamp = {call->frame, call->index, call->spoken, now};
  caller_frame(audio, &stamp);
  payload[base64(payload, audio, FRAME_BYTES)] = 0;
  snprintf(content, sizeof content, "{\"track\":\"inbound\",\"chunk\":\"%u\",\"timestamp\":\"%u\",\"payload\":\"%s\"}", call->frame + 1, call->frame * 20, payload);
  tell(call, "media", content);
  count(FRAMES_UP);
  sample(LATE, now - due);
  if (call->spoken == (uint32_t)settings.speech_frames) {
    call->speech_end_ns = now;
    call->is_awaited = settings.cycle_frames == 0;
  }
  call->frame++;
  at(due + FRAME_NS, speak, call);
}

static void start(Call *call) {
  char content[2048];
  static const char connected[] = "{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}";
  send_frame(call->conn, TEXT, connected, sizeof connected - 1);
  snprintf(content, sizeof content, "{\"accountSid\":\"AC00000000000000000000000000000001\",\"streamSid\":\"%s\",\"callSid\":\"%s\",\"tracks\":[\"inbound\"],\"mediaFormat\":{\"encoding\":\"audio/x-mulaw\",\"sampleRate\":8000,\"channels\":1},\"customParameters\":{%s}}", call->stream, call->id, call->parameters);
  tell(call, "start", content);
  call->is_open = 1;
  opened++;
  uint64_t now = now_ns(), phase = (uint64_t)(call->index * 0.6180339887498949 * FRAME_NS) % FRAME_NS;
  sample(OPENED, now - call->opened_ns);
  at(now - now % FRAME_NS + FRAME_NS + phase, speak, call);
}

static void return_marks(Call *call, uint64_t now) {
  int done = 0;
  char content[96];
  while (done < call->marks && call->mark[done].due <= now) {
    snprintf(content, sizeof content, "{\"name\":\"%s\"}", call->mark[done++].name);
    tell(call, "mark", content);
  }
  if (done > 0) memmove(call->mark, call->mark + done, (size_t)(call->marks -= done) * sizeof(Mark));
}

static void marks_due(void *of, uint64_t due) {
  Call *call = of;
  (void)due;
  if (!call->is_over) return_marks(call, now_ns());
}

static void take_mark(Call *call, const char *text, uint64_t now) {
  const char *name = strstr(text, "\"name\":\"");
  if (name == NULL || call->marks == 64) return;
  Mark *mark = &call->mark[call->marks++];
  snprintf(mark->name, sizeof mark->name, "%.*s", (int)strcspn(name + 8, "\""), name + 8);
  mark->due = call->play_until_ns > now ? call->play_until_ns : now;
  if (mark->due <= now) return_marks(call, now);
  else at(mark->due, marks_due, call);
}

static void take_clear(Call *call, uint64_t now) {
  if (call->is_barging) sample(CLEAR, now - call->barge_ns);
  if (call->is_barging) count(INTERRUPTIONS);
  call->is_barging = 0;
  call->is_cleared = 1;
  call->play_until_ns = now;
  for (int index = 0; index < call->marks; index++) call->mark[index].due = now;
  return_marks(call, now);
}

static void begin_hearing(Call *call, const VoiceStamp *stamp, uint64_t now) {
  Utterance *utterance = utterance_of(stamp->utterance);
  utterance->listener = call;
  call->utterance = stamp->utterance;
  call->is_cleared = 0;
  call->heard_next = stamp->frame;
  sample(AUDIO, now - stamp->sent_ns);
  if (call->release == 0) call->release = stamp->release;
  if (call->is_awaited && utterance->request == 0) return; /* a filler is no answer */
  call->first_audio_ns = now;
  if (!call->is_awaited) return;
  call->is_awaited = 0;
  sample(ANSWER, now - call->speech_end_ns);
  count(TURNS);
}

static void hear_frame(Call *call, const uint8_t *frame, uint64_t now) {
  VoiceStamp stamp;
  call->heard_ns = now;
  if (!read_voice_stamp(frame, &stamp)) return;
  if (stamp.utterance == call->utterance && call->is_cleared) return count(STALE);
  if (stamp.utterance != call->utterance) begin_hearing(call, &stamp, now);
  else sample(GAP, now > call->play_until_ns ? now - call->play_until_ns : 0);
  if (stamp.frame != call->heard_next) count(LOST_DOWN);
  if (stamp.release != call->release) count(MIXED);
  call->heard_next = stamp.frame + 1;
  sample(DOWN, now - stamp.sent_ns);
  count(FRAMES_DOWN);
  call->play_until_ns = (call->play_until_ns > now ? call->play_until_ns : now) + FRAME_NS;
}

static void take_media(Call *call, const char *text, uint64_t now) {
  uint8_t audio[16384];
  const char *payload = strstr(text, "\"payload\":\"");
  if (payload == NULL) return;
  payload += 11;
  size_t length = strcspn(payload, "\"");
  if (length > sizeof audio) return;
  size_t bytes = unbase64(audio, payload, length);
  for (size_t from = 0; from + FRAME_BYTES <= bytes; from += FRAME_BYTES) hear_frame(call, audio + from, now);
}

static void end(Call *call, int is_dropped) {
  if (call->is_over) return;
  call->is_over = 1;
  if (call->is_open) opened--;
  if (is_dropped) count(DROPPED);
  hang_up(call->conn);
}

static void told(Conn *conn, int opcode, uint8_t *bytes, size_t length) {
  Call *call = conn->of;
  uint64_t now = now_ns();
  if (opcode == CLOSE) return end(call, 1);
  uint8_t after = bytes[length];
  bytes[length] = 0;
  const char *text = (const char *)bytes, *event = strstr(text, "\"event\":\"");
  if (event != NULL && strncmp(event + 9, "media", 5) == 0) take_media(call, text, now);
  else if (event != NULL && strncmp(event + 9, "mark", 4) == 0) take_mark(call, text, now);
  else if (event != NULL && strncmp(event + 9, "clear", 5) == 0) take_clear(call, now);
  bytes[length] = after;
}

static void answered(Conn *conn) {
  Call *call = conn->of;
  if (!call->is_open) {
    char *head = strstr((char *)conn->in, "\r\n\r\n");
    if (head == NULL) return;
    if (strncmp((char *)conn->in, "HTTP/1.1 101", 12) != 0) return end(call, 1);
    take_in(conn, (size_t)(head + 4 - (char *)conn->in));
    start(call);
  }
  read_frames(conn, told);
}

static void lost(Conn *conn) { end(conn->of, 1); }

void place_call(const char *path, const char *id, const char *parameters) {
  static const Handler handler = {answered, lost};
  if (size == room) calls = realloc(calls, (room = room ? room * 2 : 256) * sizeof *calls);
  Call *call = calloc(1, sizeof *call);
  call->index = size;
  calls[size++] = call;
  snprintf(call->id, sizeof call->id, "%s", id);
  snprintf(call->stream, sizeof call->stream, "MZ%032u", call->index);
  call->parameters = strdup(parameters);
  call->opened_ns = now_ns();
  call->conn = dial(caller_port, &handler, call);
  if (call->conn == NULL) {
    call->is_over = 1;
    return count(DROPPED);
  }
  call->conn->is_client = 1;
  char request[1024];
  int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", path, caller_port);
  send_bytes(call->conn, request, (size_t)length);
}

static void say_stop(Call *call) {
  char content[192];
  if (call->is_over) return;
  snprintf(content, sizeof content, "{\"accountSid\":\"AC00000000000000000000000000000001\",\"callSid\":\"%s\"}", call->id);
  if (call->is_open) tell(call, "stop", content);
  end(call, 0);
}

void end_call(const char *id) {
  for (uint32_t index = 0; index < size; index++)
    if (id[0] == '*' || strcmp(calls[index]->id, id) == 0) say_stop(calls[index]);
}

void print_releases(void) {
  printf("{");
  for (uint32_t index = 0; index < size; index++)
    printf("%s\"%s\":\"%s\"", index ? "," : "", calls[index]->id, calls[index]->release == 'b' ? "blue" : calls[index]->release == 'g' ? "green" : "");
  printf("}\n");
  fflush(stdout);
}

void asked_for_floor(uint32_t index) {
  Call *call = index < size ? calls[index] : NULL;
  if (call == NULL || call->is_barging || call->is_cleared || call->play_until_ns <= now_ns()) return;
  call->is_barging = 1;
  call->barge_ns = now_ns();
}
