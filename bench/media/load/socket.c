#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static int loop, listener;
static Conn commands;
static void (*on_line)(char *);

static void watch(Conn *conn, int operation) {
  struct epoll_event event = {.events = EPOLLIN | (conn->out_len > 0 ? EPOLLOUT : 0), .data.ptr = conn};
  epoll_ctl(loop, operation, conn->fd, &event);
}

static Conn *adopt(int fd, const Handler *handler, void *of) {
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  Conn *conn = calloc(1, sizeof *conn); /* never freed: timers may still name it */
  conn->fd = fd;
  conn->handler = handler;
  conn->of = of;
  watch(conn, EPOLL_CTL_ADD);
  return conn;
}

void open_loop(void) { loop = epoll_create1(0); }

int listen_on(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 4096) < 0) return -1;
  getsockname(listener, (struct sockaddr *)&address, &size);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event);
  return ntohs(address.sin_port);
}

Conn *dial(int port, const Handler *handler, void *of) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
    close(fd);
    return NULL;
  }
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return adopt(fd, handler, of);
}

void send_bytes(Conn *conn, const void *bytes, size_t size) {
  if (conn->fd < 0) return;
  if (conn->out_len == 0) {
    ssize_t sent = send(conn->fd, bytes, size, MSG_NOSIGNAL);
    if (sent == (ssize_t)size) return;
    if (sent > 0) {
      bytes = (const char *)bytes + sent;
      size -= (size_t)sent;
    } else if (errno != EAGAIN) return; /* its end is told by the next read */
  }
  if (conn->out_len + size > conn->out_cap) conn->out = realloc(conn->out, conn->out_cap = (conn->out_len + size) * 2);
  memcpy(conn->out + conn->out_len, bytes, size);
  conn->out_len += size;
  watch(conn, EPOLL_CTL_MOD);
}

static void flush_out(Conn *conn) {
  ssize_t sent = send(conn->fd, conn->out, conn->out_len, MSG_NOSIGNAL);
  if (sent <= 0) return;
  memmove(conn->out, conn->out + sent, conn->out_len -= (size_t)sent);
  if (conn->out_len == 0) watch(conn, EPOLL_CTL_MOD);
}

void take_in(Conn *conn, size_t size) { memmove(conn->in, conn->in + size, conn->in_len -= size); }

void hang_up(Conn *conn) {
  if (conn->fd < 0) return;
  close(conn->fd);
  conn->fd = -1;
  free(conn->in);
  free(conn->out);
  conn->in = conn->out = NULL;
  conn->in_len = conn->in_cap = conn->out_len = conn->out_cap = 0;
}

/* False when the peer is gone. */
static int fill(Conn *conn) {
  for (;;) {
    if (conn->in_cap - conn->in_len < 4096) conn->in = realloc(conn->in, conn->in_cap = conn->in_cap * 2 + 8192);
    ssize_t got = read(conn->fd, conn->in + conn->in_len, conn->in_cap - conn->in_len - 1);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return 0;
    if (got < 0) return 1;
    conn->in_len += (size_t)got;
    conn->in[conn->in_len] = 0;
  }
}

static void readable(Conn *conn) {
  int is_there = fill(conn);
  if (conn->in_len > 0) conn->handler->read(conn);
  if (is_there || conn->fd < 0) return;
  const Handler *handler = conn->handler;
  hang_up(conn);
  handler->closed(conn);
}

static void read_lines(Conn *conn) {
  char *end;
  while (conn->in_len > 0 && (end = memchr(conn->in, '\n', conn->in_len)) != NULL) {
    *end = 0;
    on_line((char *)conn->in);
    take_in(conn, (size_t)(end + 1 - (char *)conn->in));
  }
}

static void leave(Conn *conn) {
  (void)conn;
  exit(0);
}

void watch_commands(void (*line)(char *)) {
  static const Handler handler = {read_lines, leave};
  on_line = line;
  commands = (Conn){.fd = 0, .handler = &handler};
  fcntl(0, F_SETFL, O_NONBLOCK);
  watch(&commands, EPOLL_CTL_ADD);
}

static void welcome(void) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) adopt(fd, &arriving, NULL);
}

void run_loop(void) {
  struct epoll_event events[512];
  for (;;) {
    uint64_t now = now_ns(), next = run_due(now);
    now = now_ns();
    uint64_t wait = next == 0 ? 100 * MS : next > now ? next - now : 0;
    struct timespec timeout = {.tv_sec = (time_t)(wait / 1000000000ull), .tv_nsec = (long)(wait % 1000000000ull)};
    int ready = epoll_pwait2(loop, events, 512, &timeout, NULL);
    for (int index = 0; index < ready; index++) {
      Conn *conn = events[index].data.ptr;
      if (conn == NULL) welcome();
      else {
        if (conn->fd >= 0 && (events[index].events & EPOLLOUT)) flush_out(conn);
        if (conn->fd >= 0 && (events[index].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) readable(conn);
      }
    }
  }
}
