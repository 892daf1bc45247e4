/* The load of the media benchmark: callers of a carrier and the providers behind a media service, in one process on one clock. */
#ifndef LOAD_H
#define LOAD_H
#include <stddef.h>
#include <stdint.h>

#define FRAME_BYTES 160
#define FRAME_NS 20000000ull
#define MS 1000000ull

/* What a run is like; set by words name=value on the command line. */
typedef struct {
  int cycle_frames;   /* > 0: the caller speaks at the start of each cycle whatever is heard; 0: takes turns with the agent */
  int speech_frames;  /* length of what the caller says */
  int partial_frames; /* a partial each so many frames of speech */
  int interrupt_ms;   /* > 0: the caller speaks again so long after the agent's first audio */
  int rest_ms;        /* pause of the caller after the agent has ended */
  int stt_ms, llm_ms, token_ms, tts_ms, tokens;
  int burst_frames, chunk_frames, period_ms, reply_frames;
  int realtime_ms;    /* realtime-shaped provider: from the end of speech to the next response */
} Settings;
extern Settings settings;

/* clock.c */
typedef void (*Fire)(void *of, uint64_t due);
uint64_t now_ns(void);
void at(uint64_t due, Fire fire, void *of);
uint64_t run_due(uint64_t now); /* fires what is due; returns when the next is, 0 when nothing waits */

/* samples.c: distributions in nanoseconds, and counts; of the window in progress */
enum Series { UP, DOWN, LATE, ANSWER, CLEAR, VOICE_CANCEL, MODEL_CANCEL, TOKEN, AUDIO, GAP, OPENED, SERIES };
enum Count { FRAMES_UP, FRAMES_DOWN, LOST_UP, LOST_DOWN, STALE, MIXED, DROPPED, TURNS, INTERRUPTIONS, REPAIRS, COUNTS };
void sample(enum Series series, uint64_t ns);
void count(enum Count what);
void begin_window(void);
void print_window(void);

/* socket.c */
typedef struct Conn Conn;
typedef struct {
  void (*read)(Conn *);
  void (*closed)(Conn *);
} Handler;
struct Conn {
  int fd;
  const Handler *handler;
  void *of; /* the call, recogniser, model or voice behind it */
  uint8_t *in, *out;
  size_t in_len, in_cap, out_len, out_cap;
  int is_client; /* of a WebSocket: what it sends is masked */
};
extern const Handler arriving; /* a provider's connection before its request is read */
void open_loop(void);
int listen_on(void); /* returns the port */
Conn *dial(int port, const Handler *handler, void *of);
void watch_commands(void (*line)(char *));
void send_bytes(Conn *conn, const void *bytes, size_t size);
void take_in(Conn *conn, size_t size); /* the first bytes of `in` are dealt with */
void hang_up(Conn *conn);
void run_loop(void);

/* websocket.c */
typedef void (*Told)(Conn *, int opcode, uint8_t *bytes, size_t size);
void accept_socket(Conn *conn, const char *key);
void send_frame(Conn *conn, int opcode, const void *bytes, size_t size);
void read_frames(Conn *conn, Told told);
char *header(const char *request, const char *name, char *value, size_t room);
enum { TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

/* audio.c */
typedef struct {
  uint32_t frame; /* counts the call's frames */
  uint32_t call;
  uint32_t spoken; /* 0 in silence, else which frame of what is said, from 1 */
  uint64_t sent_ns;
} CallerStamp;
typedef struct {
  uint32_t utterance, frame;
  uint64_t sent_ns;
  char release;
} VoiceStamp;
void caller_frame(uint8_t *frame, const CallerStamp *stamp);
int read_caller_stamp(const uint8_t *frame, CallerStamp *stamp);
void voice_frame(uint8_t *frame, const VoiceStamp *stamp);
int read_voice_stamp(const uint8_t *frame, VoiceStamp *stamp);
size_t base64(char *out, const uint8_t *bytes, size_t size);
size_t unbase64(uint8_t *out, const char *text, size_t size);

/* caller.c */
typedef struct {
  char name[48];
  uint64_t due;
} Mark;
typedef struct {
  char id[64], stream[40], path[512], release;
  char *parameters; /* members of customParameters */
  Conn *conn;
  uint32_t index, frame, sequence, spoken, heard_next, utterance;
  uint64_t opened_ns, next_due_ns, play_until_ns, heard_ns, speech_end_ns, first_audio_ns, barge_ns;
  int is_open, is_over, is_awaited, is_barging, is_cleared, cycle_from, marks;
  Mark mark[64];
} Call;
extern int caller_port;
void place_call(const char *path, const char *id, const char *parameters);
void end_call(const char *id); /* "*" ends all */
void print_releases(void);
int open_calls(void);
/* The provider's word that the caller takes the floor leaves now. */
void asked_for_floor(uint32_t call);

/* utterance.c: what is said to whom */
typedef struct {
  uint32_t id, request, frame;
  char context[96], release;
  Conn *conn;
  Call *listener;
  int is_endless, has_begun, is_text_over, is_over;
  uint32_t length, tokens;
} Utterance;
Utterance *new_utterance(Conn *conn, char release);
Utterance *utterance_of(uint32_t id);
size_t next_frames(Utterance *utterance, uint32_t frames, char *encoded); /* base64 of the next audio */

/* recogniser.c, model.c, voice.c, realtime.c: one connection each */
void take_recogniser(Conn *conn, const char *request);
void take_model(Conn *conn);
void take_voice(Conn *conn);
void take_realtime(Conn *conn);
/* What the caller's audio says; each provider that hears it keeps one. */
typedef struct {
  uint32_t call, next_frame, frames;
  int is_known;
} Hearing;
int hear(Hearing *hearing, const uint8_t *frame, CallerStamp *stamp);
/* Which completion a text is from, 0 when from none; `tokens` of it have been spoken now. */
uint32_t completion_in(const char *text, size_t size);
void tokens_spoken(uint32_t completion, uint32_t tokens);
char completion_release(uint32_t completion);
void completion_is(uint32_t completion, Utterance *utterance);
char release_after(const char *text, size_t size, const char *prefix);
#endif
