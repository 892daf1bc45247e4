#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Settings settings = {
    .cycle_frames = 0, .speech_frames = 60, .partial_frames = 15, .interrupt_ms = 0, .rest_ms = 300, .stt_ms = 75, .llm_ms = 100, .token_ms = 20,
    .tts_ms = 65, .tokens = 9, .burst_frames = 1, .chunk_frames = 5, .period_ms = 50, .reply_frames = 75, .realtime_ms = 190,
};

static const struct {
  const char *name;
  int *value;
} names[] = {
    {"cycleFrames", &settings.cycle_frames}, {"speechFrames", &settings.speech_frames}, {"partialFrames", &settings.partial_frames},
    {"interruptMs", &settings.interrupt_ms}, {"restMs", &settings.rest_ms},             {"sttMs", &settings.stt_ms},
    {"llmMs", &settings.llm_ms},             {"tokenMs", &settings.token_ms},           {"ttsMs", &settings.tts_ms},
    {"tokens", &settings.tokens},            {"burst", &settings.burst_frames},         {"chunkFrames", &settings.chunk_frames},
    {"periodMs", &settings.period_ms},       {"replyFrames", &settings.reply_frames},   {"realtimeMs", &settings.realtime_ms},
};

static void set(const char *word) {
  for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
    size_t size = strlen(names[index].name);
    if (strncmp(word, names[index].name, size) == 0 && word[size] == '=') {
      *names[index].value = atoi(word + size + 1);
      return;
    }
  }
  fprintf(stderr, "no setting: %s\n", word);
  exit(2);
}

/* A provider's connection says by its request which provider it is for. */
static void arrive(Conn *conn) {
  char key[64];
  char *request = (char *)conn->in, *end = strstr(request, "\r\n\r\n");
  if (end == NULL) return;
  if (strncmp(request, "POST ", 5) == 0) return take_model(conn);
  header(request, "sec-websocket-key", key, sizeof key);
  if (key[0] == 0) return hang_up(conn);
  accept_socket(conn, key);
  if (strncmp(request, "GET /v1/listen", 14) == 0) take_recogniser(conn, request);
  else if (strncmp(request, "GET /tts/websocket", 18) == 0) take_voice(conn);
  else take_realtime(conn);
  take_in(conn, (size_t)(end + 4 - request));
}

static void left(Conn *conn) { (void)conn; }
const Handler arriving = {arrive, left};

/* target PORT · call PATH ID PARAMETERS · end ID|* · begin · print · releases */
static void obey(char *line) {
  char *word = strtok(line, " "), *first = strtok(NULL, " "), *second = strtok(NULL, " "), *rest = strtok(NULL, "");
  if (word == NULL) return;
  if (strcmp(word, "target") == 0 && first) caller_port = atoi(first);
  else if (strcmp(word, "call") == 0 && second) place_call(first, second, rest ? rest : "");
  else if (strcmp(word, "end") == 0 && first) end_call(first);
  else if (strcmp(word, "begin") == 0) begin_window();
  else if (strcmp(word, "print") == 0) print_window();
  else if (strcmp(word, "releases") == 0) print_releases();
}

int main(int argc, char **argv) {
  for (int index = 1; index < argc; index++) set(argv[index]);
  open_loop();
  int port = listen_on();
  if (port < 0) return 1;
  watch_commands(obey);
  printf("{\"port\":%d}\n", port);
  fflush(stdout);
  run_loop();
}
