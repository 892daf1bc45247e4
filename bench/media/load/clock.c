#include "load.h"
#include <stdlib.h>
#include <time.h>

typedef struct {
  uint64_t due;
  Fire fire;
  void *of;
} Entry;

static Entry *heap;
static size_t size, room;

uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

void at(uint64_t due, Fire fire, void *of) {
  if (size == room) heap = realloc(heap, (room = room ? room * 2 : 1024) * sizeof *heap);
  size_t child = size++;
  while (child > 0 && heap[(child - 1) / 2].due > due) {
    heap[child] = heap[(child - 1) / 2];
    child = (child - 1) / 2;
  }
  heap[child] = (Entry){due, fire, of};
}

static Entry pop(void) {
  Entry first = heap[0], last = heap[--size];
  size_t parent = 0;
  for (size_t child = 1; child < size; child = 2 * parent + 1) {
    if (child + 1 < size && heap[child + 1].due < heap[child].due) child++;
    if (heap[child].due >= last.due) break;
    heap[parent] = heap[child];
    parent = child;
  }
  heap[parent] = last;
  return first;
}

uint64_t run_due(uint64_t now) {
  while (size > 0 && heap[0].due <= now) {
    Entry entry = pop();
    entry.fire(entry.of, entry.due);
  }
  return size > 0 ? heap[0].due : 0;
}
