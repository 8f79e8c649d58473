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
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  // The end of a terminal or of a connection, unless nohup(1) is in force.
  struct sigaction old;
  if (sigaction(SIGHUP, NULL, &old) == 0 && old.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, NULL);
}

int clinux_received_signal(void) { return atomic_load_explicit(&received, memory_order_relaxed); }

void clinux_limit_heaps(int count) { mallopt(M_ARENA_MAX, count); }

void clinux_give_back_memory(void) { malloc_trim(0); }
