// SPDX-License-Identifier: Apache-2.0

// The least that a scan of a cache directory costs: the same system calls as the scanner makes, from threads that share
// a list of directories, and a sum. No logic, no names, no errors.
//
//     scan DIR THREADS [attributes|extents|deep]
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifndef SYS_getxattrat
#define SYS_getxattrat 464
#endif

struct record {
  unsigned long long inode;
  long long offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

struct arguments {
  unsigned long long value;
  unsigned size, flags;
};

struct work {
  struct work *next;
  int descriptor;
};

static struct work *list;
static int running, sleeping;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static atomic_ullong blocks, files;
static int attributes, extents;

static void push(int descriptor) {
  struct work *work = malloc(sizeof *work);
  work->descriptor = descriptor;
  pthread_mutex_lock(&mutex);
  work->next = list;
  list = work;
  pthread_mutex_unlock(&mutex);
  if (sleeping) pthread_cond_signal(&condition);
}

// The runs of data of a file, and what a deep check reads of the last block.
static void look(int directory, const char *name, const struct statx *status, int reads) {
  char block[4096];
  struct statx again;
  int file = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_NOATIME | O_CLOEXEC);
  if (file < 0) return;
  if (reads) syscall(SYS_statx, file, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT, 0x7ff, &again);
  long long size = status->stx_size, offset = 0, end = 0;
  while (offset < size && (end = lseek(file, offset, SEEK_HOLE)) < size && (offset = lseek(file, end, SEEK_DATA)) >= 0) {}
  if (reads && end == size && size % 4096) pread(file, block, sizeof block, size / 4096 * 4096);
  close(file);
}

static void *run(void *unused) {
  char *buffer = malloc(128 << 10), value[1024];
  unsigned long long ownBlocks = 0, ownFiles = 0;
  (void)unused;
  for (;;) {
    pthread_mutex_lock(&mutex);
    while (!list && running) {
      sleeping++;
      pthread_cond_wait(&condition, &mutex);
      sleeping--;
    }
    struct work *work = list;
    if (!work) {
      pthread_cond_broadcast(&condition);
      pthread_mutex_unlock(&mutex);
      break;
    }
    list = work->next;
    running++;
    pthread_mutex_unlock(&mutex);
    long count;
    struct statx status;
    syscall(SYS_statx, work->descriptor, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT, 0x7ff, &status);
    ownBlocks += status.stx_blocks;
    while ((count = syscall(SYS_getdents64, work->descriptor, buffer, 128 << 10)) > 0) {
      for (long offset = 0; offset < count;) {
        struct record *record = (struct record *)(buffer + offset);
        offset += record->length;
        if (record->name[0] == '.' && (!record->name[1] || (record->name[1] == '.' && !record->name[2]))) continue;
        if (record->type == 4) {
          int below = openat(work->descriptor, record->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC);
          if (below >= 0) push(below);
          continue;
        }
        syscall(SYS_statx, work->descriptor, record->name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, 0x7ff, &status);
        ownBlocks += status.stx_blocks;
        ownFiles++;
        if (attributes) {
          struct arguments arguments = {(unsigned long)value, sizeof value, 0};
          if (syscall(SYS_getxattrat, work->descriptor, record->name, AT_SYMLINK_NOFOLLOW, "user.CacheFiles.cache",
                      &arguments, sizeof arguments) < 0) {
            int file = openat(work->descriptor, record->name, O_RDONLY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC);
            fgetxattr(file, "user.CacheFiles.cache", value, sizeof value);
            close(file);
          }
        }
        if (extents) look(work->descriptor, record->name, &status, attributes);
      }
    }
    close(work->descriptor);
    free(work);
    pthread_mutex_lock(&mutex);
    running--;
    int ended = !running && !list;
    pthread_mutex_unlock(&mutex);
    if (ended) pthread_cond_broadcast(&condition);
  }
  blocks += ownBlocks;
  files += ownFiles;
  free(buffer);
  return NULL;
}

int main(int count, char **words) {
  int threads = count > 2 ? atoi(words[2]) : 2;
  extents = count > 3 && strcmp(words[3], "attributes");
  attributes = count > 3 && strcmp(words[3], "extents");
  int root = open(words[1], O_RDONLY | O_DIRECTORY | O_NOATIME);
  if (root < 0) return 1;
  push(root);
  pthread_t thread[threads];
  for (int index = 0; index < threads; index++) pthread_create(&thread[index], NULL, run, NULL);
  for (int index = 0; index < threads; index++) pthread_join(thread[index], NULL);
  printf("%llu files, %llu bytes\n", (unsigned long long)files, (unsigned long long)blocks * 512);
}
