// SPDX-License-Identifier: Apache-2.0
#include "CLinux.h"

#include <malloc.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

// Set in whatever thread the signal comes to, read in all of them.
static atomic_int received;

static void note_signal(int number) { atomic_store_explicit(&received, number, memory_order_relaxed); }

void clinux_catch_signals(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  // What the caller ignores stays ignored: SIGHUP below nohup(1), SIGINT in the background of a script.
  const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  sigset_t caught;
  sigemptyset(&caught);
  for (int i = 0; i < 3; i++) {
    struct sigaction old;
    if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN) continue;
    sigaction(numbers[i], &action, NULL);
    sigaddset(&caught, numbers[i]);
  }
  // A caller that blocks them, as one with many threads does, leaves that to its children.
  sigprocmask(SIG_UNBLOCK, &caught, NULL);
}

int clinux_received_signal(void) { return atomic_load_explicit(&received, memory_order_relaxed); }

void clinux_limit_heaps(int count) { mallopt(M_ARENA_MAX, count); }

void clinux_give_back_memory(void) { malloc_trim(0); }
