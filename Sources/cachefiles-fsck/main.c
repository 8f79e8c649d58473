// SPDX-License-Identifier: Apache-2.0

// The program `cachefiles-fsck`: everything is in CachefilesCommands. The arguments come from here and from nowhere else: Swift's own list of them is read
// from /proc, which may not be mounted.
_Noreturn void cachefiles_run(int program, int argc, char **argv);

int main(int argc, char **argv) { cachefiles_run(1, argc, argv); }
