#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TOKENS = 256 };

/* One streamed completion. Its first token names it, so that the voice tells which one it is given. */
typedef struct {
  Conn *conn;
  uint32_t id, token;
  char release;
  uint64_t sent_ns[MOST_TOKENS];
  Utterance *utterance;
  int is_over;
} Completion;

static Completion **all;
static uint32_t size = 1, room;
static const char *words[] = {"we ", "are ", "open ", "from ", "nine ", "until ", "five ", "every ", "day ", "and ", "the ", "office ", "is ", "near ", "the ", "station "};

static void chunk(Conn *conn, const char *data) {
  char text[1024];
  int length = snprintf(text, sizeof text, "%zx\r\ndata: %s\n\n\r\n", strlen(data) + 8, data);
  send_bytes(conn, text, (size_t)length);
}

static void finish(Completion *completion) {
  chunk(completion->conn, "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}");
  chunk(completion->conn, "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":10,\"total_tokens\":110}}");
  chunk(completion->conn, "[DONE]");
  send_bytes(completion->conn, "0\r\n\r\n", 5);
  completion->is_over = 1;
  completion->conn->of = NULL;
}

static void next_token(void *of, uint64_t due) {
  Completion *completion = of;
  char text[512], word[16];
  if (completion->is_over) return;
  if (completion->token == (uint32_t)settings.tokens) return finish(completion);
  uint32_t id = completion->id;
  if (completion->token == 0)
    snprintf(word, sizeof word, "Q%c%c%c%c ", 'a' + id / 17576 % 26, 'a' + id / 676 % 26, 'a' + id / 26 % 26, 'a' + id % 26);
  else snprintf(word, sizeof word, "%s", completion->token + 1 == (uint32_t)settings.tokens ? "today." : words[completion->token % 16]);
  snprintf(text, sizeof text, "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},\"finish_reason\":null}]}", word);
  completion->sent_ns[completion->token++] = now_ns();
  chunk(completion->conn, text);
  at(due + (uint64_t)settings.token_ms * MS, next_token, completion);
}

static void answer(Conn *conn, const char *body, size_t length) {
  static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n";
  if (size >= room) all = realloc(all, (room = room ? room * 2 : 4096) * sizeof *all);
  Completion *completion = calloc(1, sizeof *completion);
  completion->conn = conn;
  completion->id = size;
  completion->release = release_after(body, length, "\"model\":\"");
  all[size++] = completion;
  conn->of = completion;
  send_bytes(conn, head, sizeof head - 1);
  at(now_ns() + (uint64_t)settings.llm_ms * MS, next_token, completion);
}

static void readable(Conn *conn) {
  char *end, length[32];
  while (conn->in_len > 0 && (end = strstr((char *)conn->in, "\r\n\r\n")) != NULL) {
    size_t head = (size_t)(end + 4 - (char *)conn->in), body = strtoul(header((char *)conn->in, "content-length", length, sizeof length), NULL, 10);
    if (conn->in_len < head + body) return;
    answer(conn, end + 4, body);
    take_in(conn, head + body);
    conn->in[conn->in_len] = 0;
  }
}

static void gone(Conn *conn) {
  Completion *completion = conn->of;
  if (completion == NULL || completion->is_over) return;
  completion->is_over = 1;
  Call *call = completion->utterance == NULL ? NULL : completion->utterance->listener;
  if (call != NULL && call->is_cleared) sample(MODEL_CANCEL, now_ns() - call->barge_ns);
}

void take_model(Conn *conn) {
  static const Handler handler = {readable, gone};
  conn->handler = &handler;
  conn->of = NULL;
  readable(conn);
}

uint32_t completion_in(const char *text, size_t length) {
  for (size_t from = 0; from + 5 <= length; from++) {
    if (text[from] != 'Q') continue;
    uint32_t id = 0;
    int letters = 0;
    while (letters < 4 && text[from + 1 + (size_t)letters] >= 'a' && text[from + 1 + (size_t)letters] <= 'z') id = id * 26 + (uint32_t)(text[from + 1 + (size_t)letters++] - 'a');
    if (letters == 4 && id > 0 && id < size) return id;
  }
  return 0;
}

void tokens_spoken(uint32_t id, uint32_t tokens) {
  if (id > 0 && tokens > 0 && tokens <= all[id]->token) sample(TOKEN, now_ns() - all[id]->sent_ns[tokens - 1]);
}

char completion_release(uint32_t id) { return all[id]->release; }

void completion_is(uint32_t id, Utterance *utterance) { all[id]->utterance = utterance; }
