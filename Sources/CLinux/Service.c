// SPDX-License-Identifier: Apache-2.0

// What a program needs that serves for as long as the machine runs.
#include "CLinux.h"

#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>

int clinux_signal_descriptor(const int *numbers, int count) {
  sigset_t set;
  sigemptyset(&set);
  for (int index = 0; index < count; index++) sigaddset(&set, numbers[index]);
  int failure = pthread_sigmask(SIG_BLOCK, &set, NULL);
  if (failure) {
    errno = failure;
    return -1;
  }
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int clinux_next_signal(int fd) {
  struct signalfd_siginfo info;
  ssize_t count = read(fd, &info, sizeof info);
  return count == (ssize_t)sizeof info ? (int)info.ssi_signo : -1;
}

int clinux_watch_arrivals(const char *path) {
  int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (fd < 0) return -1;
  if (inotify_add_watch(fd, path, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) < 0) {
    int failure = errno;
    close(fd);
    errno = failure;
    return -1;
  }
  return fd;
}

int clinux_go_to_background(void) {
  pid_t child = fork();
  if (child < 0) return -1;
  if (child > 0) _exit(0);
  return setsid() < 0 ? -1 : 0;
}

int clinux_close_standard_streams(void) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return -1;
  for (int fd = 0; fd < 3; fd++)
    if (dup2(null, fd) < 0) return -1;
  if (null > 2) close(null);
  return 0;
}

int clinux_keep_capabilities(uint64_t kept) {
  for (int number = 0; number < 64; number++) {
    if (kept >> number & 1) continue;
    // Beyond the last that this kernel knows: EINVAL. Without CAP_SETPCAP: EPERM, and then there is little to take.
    if (prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0) break;
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct held[2];
  if (syscall(SYS_capget, &header, held) != 0) return -1;
  for (int half = 0; half < 2; half++) {
    uint32_t mask = (uint32_t)(kept >> (32 * half));
    held[half].effective = held[half].permitted &= mask;
    held[half].inheritable = 0;
  }
  return (int)syscall(SYS_capset, &header, held);
}

int clinux_name_process(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

long clinux_send_datagram(const char *path, const char *text, size_t length, int descriptor) {
  struct sockaddr_un address;
  memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  size_t count = strlen(path);
  if (count < 2 || count >= sizeof address.sun_path) {
    errno = EINVAL;
    return -1;
  }
  memcpy(address.sun_path, path, count);
  if (path[0] == '@') address.sun_path[0] = 0;
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  struct iovec part = {.iov_base = (void *)text, .iov_len = length};
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control;
  memset(&control, 0, sizeof control);
  struct msghdr message = {.msg_name = &address,
                           .msg_namelen = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + count),
                           .msg_iov = &part,
                           .msg_iovlen = 1};
  if (descriptor >= 0) {
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  long sent = sendmsg(fd, &message, MSG_NOSIGNAL);
  int failure = errno;
  close(fd);
  errno = failure;
  return sent;
}

static char syslog_name[64];

void clinux_syslog_open(const char *name) {
  // The library keeps the pointer.
  strncpy(syslog_name, name, sizeof syslog_name - 1);
  openlog(syslog_name, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

void clinux_syslog(int priority, const char *text) { syslog(priority, "%s", text); }

int64_t clinux_thread_time(void) {
  struct timespec time;
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) != 0) return 0;
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int clinux_is_clock_synchronized(void) {
  struct timex state;
  memset(&state, 0, sizeof state);
  int answer = adjtimex(&state);
  return answer >= 0 && answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

int clinux_is_stream(int descriptor, const char *text) {
  struct stat status;
  char own[64];
  if (fstat(descriptor, &status) != 0) return 0;
  snprintf(own, sizeof own, "%llu:%llu", (unsigned long long)status.st_dev, (unsigned long long)status.st_ino);
  return strcmp(own, text) == 0;
}
