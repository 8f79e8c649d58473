// SPDX-License-Identifier: Apache-2.0

// System calls and kernel structures that the Glibc overlay of Swift lacks.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <sched.h>
#include <linux/stat.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef SYS_getxattrat
#define SYS_getxattrat 464
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef SYS_statx
#error "statx(2) is required: Linux 4.11 and later"
#endif
#ifndef AT_NO_AUTOMOUNT
#define AT_NO_AUTOMOUNT 0x800
#endif
#ifndef AT_STATX_FORCE_SYNC
#define AT_STATX_FORCE_SYNC 0x2000
#endif
static const int clinux_AT_STATX_FORCE_SYNC = AT_STATX_FORCE_SYNC;
#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000U
#endif

// getdents64(2): fills a buffer with directory records; glibc's wrapper came with 2.30.
static inline long clinux_getdents64(int fd, void *buffer, size_t size) {
  return syscall(SYS_getdents64, fd, buffer, size);
}

// statx(2).
static inline int clinux_statx(int fd, const char *name, int flags, unsigned mask, struct statx *status) {
  return (int)syscall(SYS_statx, fd, name, flags, mask, status);
}

// struct xattr_args of getxattrat(2), Linux 6.13 and later.
struct clinux_xattr_args {
  uint64_t value __attribute__((aligned(8)));
  uint32_t size;
  uint32_t flags;
};

// getxattrat(2): the value of an attribute of a directory entry, without opening it.
static inline long clinux_getxattrat(int fd, const char *name, int flags, const char *attribute, void *value,
                                     size_t size) {
  struct clinux_xattr_args args = {.value = (uint64_t)(uintptr_t)value, .size = (uint32_t)size, .flags = 0};
  return syscall(SYS_getxattrat, fd, name, flags, attribute, &args, sizeof args);
}

// O_NOATIME and friends are hidden behind _GNU_SOURCE when the overlay's module was built without it.
static const int clinux_O_NOATIME = O_NOATIME;
static const int clinux_O_PATH = O_PATH;
static const int clinux_O_TMPFILE = O_TMPFILE;
static const int clinux_O_DIRECT = O_DIRECT;
static const int clinux_AT_EMPTY_PATH = AT_EMPTY_PATH;
static const int clinux_SEEK_DATA = SEEK_DATA;
static const int clinux_SEEK_HOLE = SEEK_HOLE;

// renameat2(2); glibc's wrapper came with 2.28.
static inline int clinux_renameat2(int from, const char *name, int to, const char *new_name, unsigned flags) {
  return (int)syscall(SYS_renameat2, from, name, to, new_name, flags);
}
static const unsigned clinux_RENAME_NOREPLACE = 1;
static const unsigned clinux_RENAME_EXCHANGE = 2;

// TIOCGWINSZ: the columns of a terminal in the low half, its rows in the high one; 0 where it does not tell.
static inline unsigned clinux_window_size(int fd) {
  struct winsize size = {0};
  return ioctl(fd, TIOCGWINSZ, &size) == 0 ? (unsigned)size.ws_row << 16 | size.ws_col : 0;
}

// FS_IOC_GETFLAGS and FS_IOC_SETFLAGS: the inode flags that chattr(1) shows. The kernel reads and writes an int.
static inline int clinux_get_inode_flags(int fd, unsigned *flags) { return ioctl(fd, FS_IOC_GETFLAGS, flags); }
static inline int clinux_set_inode_flags(int fd, const unsigned *flags) { return ioctl(fd, FS_IOC_SETFLAGS, flags); }
static const unsigned clinux_FS_IMMUTABLE_FL = 0x10;
static const unsigned clinux_FS_APPEND_FL = 0x20;
static const unsigned clinux_FS_CASEFOLD_FL = 0x40000000;

// ioprio_set(2) for this thread: IOPRIO_WHO_PROCESS is 1, IOPRIO_CLASS_IDLE is 3, the class stands above 13 bits of level.
static inline int clinux_set_idle_io(void) { return (int)syscall(SYS_ioprio_set, 1, 0, 3 << 13); }

// FICLONE: makes a file share all data of another one, holes included.
static inline int clinux_clone(int to, int from) { return ioctl(to, FICLONE, from); }

// copy_file_range(2); glibc's wrapper came with 2.27.
static inline long clinux_copy_file_range(int from, int64_t *from_offset, int to, int64_t *to_offset, size_t count) {
  return syscall(SYS_copy_file_range, from, from_offset, to, to_offset, count, 0u);
}

// sync_file_range(2) for all of a file, without waiting.
static inline long clinux_start_writing(int descriptor) {
  return syscall(SYS_sync_file_range, descriptor, (int64_t)0, (int64_t)0, (unsigned)SYNC_FILE_RANGE_WRITE);
}

// struct file_handle with room for the longest handle; the overlay does not see its flexible array.
struct clinux_file_handle {
  unsigned bytes;
  int type;
  unsigned char handle[128];
};

// name_to_handle_at(2) of an entry of a directory, which is not followed; with an empty name of what the descriptor refers to.
static inline int clinux_name_to_handle(int fd, const char *name, struct clinux_file_handle *handle, int *mount) {
  handle->bytes = sizeof handle->handle;
  return (int)syscall(SYS_name_to_handle_at, fd, name, handle, mount, *name ? 0 : AT_EMPTY_PATH);
}

// open_by_handle_at(2) on the file system of an open file.
static inline int clinux_open_by_handle(int fd, struct clinux_file_handle *handle, int flags) {
  return (int)syscall(SYS_open_by_handle_at, fd, handle, flags);
}

// pidfd_open(2), Linux 5.3: a descriptor that stands for a process, readable when it has ended.
static inline int clinux_pidfd_open(int process) { return (int)syscall(SYS_pidfd_open, process, 0u); }

// pidfd_getfd(2), Linux 5.6: a copy of a descriptor of that process.
static inline int clinux_pidfd_getfd(int process, int number) {
  return (int)syscall(SYS_pidfd_getfd, process, number, 0u);
}

// unshare(2) with CLONE_FS: the calling thread gets a working directory of its own.
static inline int clinux_unshare_working_directory(void) { return unshare(CLONE_FS); }

// eventfd(2).
static inline int clinux_eventfd(void) { return eventfd(0, EFD_CLOEXEC); }

// A descriptor from which signals are read; they are blocked in this thread and in those that it starts.
int clinux_signal_descriptor(const int *numbers, int count);

// The next signal of such a descriptor; -1 with EAGAIN when there is none.
int clinux_next_signal(int fd);

// inotify(7) of a directory: what is made in it and what is moved into it.
int clinux_watch_arrivals(const char *path);

// Goes into the background: the parent exits with 0, the child has a session of its own. -1 when there is no process to be had.
int clinux_go_to_background(void);

// Standard input, output and error become /dev/null.
int clinux_close_standard_streams(void);

// Takes all capabilities but these from the calling thread, for good: also from the bounding set, and no program gives any back.
int clinux_keep_capabilities(uint64_t kept);

// Names the calling thread; of the main thread it is the name of the process. At most 15 bytes count.
int clinux_name_process(const char *name);

// One datagram to a Unix socket, with a descriptor where that is not negative. A leading '@' stands for the abstract namespace.
long clinux_send_datagram(const char *path, const char *text, size_t length, int descriptor);

// syslog(3) without formats.
void clinux_syslog_open(const char *name);
void clinux_syslog(int priority, const char *text);

// The processor time of the calling thread, in nanoseconds.
int64_t clinux_thread_time(void);

// So many heaps for all threads from now on; what is free goes back to the system. The C library's own, mallopt and malloc_trim, which
// Swift does not see.
void clinux_limit_heaps(int count);
void clinux_give_back_memory(void);

// The processors that this process may run on.
static inline int clinux_processor_count(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  int count = CPU_COUNT(&set);
  return count > 0 ? count : 1;
}

// Makes SIGINT, SIGTERM and SIGHUP leave their number for clinux_received_signal; a second one ends the process.
void clinux_catch_signals(void);

// The last signal caught, 0 before.
int clinux_received_signal(void);

// pipe2(2) with O_CLOEXEC.
static inline int clinux_pipe(int ends[2]) { return (int)syscall(SYS_pipe2, ends, O_CLOEXEC); }

// Sets how much a pipe holds, in bytes, where it holds less; -1 when it is no pipe or the kernel gives no more.
static inline int clinux_widen_pipe(int fd, int size) {
    if (fcntl(fd, F_GETPIPE_SZ) >= size) return size;
    return fcntl(fd, F_SETPIPE_SZ, size);
}

// The environment that a program which is started gets.
extern char **environ;
static inline char **clinux_environment(void) { return environ; }

// Whether a time service keeps the clock: adjtimex(2) without STA_UNSYNC. Not inline: sys/timex.h brings declarations that other modules
// have in another form.
int clinux_is_clock_synchronized(void);

// Whether a descriptor is the stream with a device and an inode, "DEVICE:INODE" in decimal: 1 or 0.
int clinux_is_stream(int descriptor, const char *text);
