#include "load.h"
#include <stdio.h>
#include <stdlib.h>

static const char *series_names[SERIES] = {"up", "down", "late", "answer", "clear", "voiceCancel", "modelCancel", "token", "audio", "gap", "opened"};
static const char *count_names[COUNTS] = {"framesUp", "framesDown", "lostUp", "lostDown", "stale", "mixed", "dropped", "turns", "interruptions", "repairs"};
static struct {
  uint32_t *tenths; /* tenths of microseconds */
  size_t size, room;
} series[SERIES];
static uint64_t counts[COUNTS];

void sample(enum Series which, uint64_t ns) {
  if ((int64_t)ns < 0) ns = 0;
  if (series[which].size == series[which].room)
    series[which].tenths = realloc(series[which].tenths, (series[which].room = series[which].room ? series[which].room * 2 : 4096) * sizeof(uint32_t));
  series[which].tenths[series[which].size++] = (uint32_t)(ns / 100);
}

void count(enum Count what) { counts[what]++; }

void begin_window(void) {
  for (int which = 0; which < SERIES; which++) series[which].size = 0;
  for (int which = 0; which < COUNTS; which++) counts[which] = 0;
}

static int ascending(const void *left, const void *right) {
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return a < b ? -1 : a > b;
}

static double quantile(int which, double part) {
  size_t size = series[which].size;
  if (size == 0) return 0;
  double place = part * (double)size;
  size_t rank = (size_t)place + (place > (double)(size_t)place);
  return series[which].tenths[rank > 0 ? rank - 1 : 0] / 10000.0;
}

void print_window(void) {
  printf("{\"openCalls\":%d", open_calls());
  for (int which = 0; which < COUNTS; which++) printf(",\"%s\":%llu", count_names[which], (unsigned long long)counts[which]);
  for (int which = 0; which < SERIES; which++) {
    qsort(series[which].tenths, series[which].size, sizeof(uint32_t), ascending);
    printf(",\"%s\":{\"n\":%zu,\"p50\":%.4f,\"p95\":%.4f,\"p99\":%.4f,\"max\":%.4f}", series_names[which], series[which].size,
           quantile(which, 0.5), quantile(which, 0.95), quantile(which, 0.99), quantile(which, 1));
  }
  printf("}\n");
  fflush(stdout);
}
