// SPDX-License-Identifier: Apache-2.0

// A directory read with getdents64, and statx for each entry.
#define _GNU_SOURCE
#include "CLoops.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct record {
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

int64_t cloops_directory(int descriptor, size_t size, int status) {
  static char *buffer;
  static size_t capacity;
  if (capacity != size) {
    free(buffer);
    buffer = malloc(capacity = size);
  }
  int64_t sum = 0;
  long filled;
  if (lseek(descriptor, 0, SEEK_SET) < 0) return -1;
  while ((filled = syscall(SYS_getdents64, descriptor, buffer, size)) > 0) {
    for (long offset = 0; offset < filled;) {
      struct record *record = (struct record *)(buffer + offset);
      offset += record->length;
      const char *name = record->name;
      if (name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]))) continue;
      sum += 1 + strlen(name) + record->type;
      if (!status) continue;
      struct statx answer;
      if (syscall(SYS_statx, descriptor, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, 0x7ff, &answer) < 0) return -1;
      sum += answer.stx_blocks + answer.stx_size;
    }
  }
  return filled < 0 ? -1 : sum;
}
