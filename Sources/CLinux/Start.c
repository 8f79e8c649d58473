// SPDX-License-Identifier: Apache-2.0

// Before anything of Swift's runs: its runtime looks for its own files by /proc/self/exe, for which a program that is linked statically has no use,
// and ends the process where /proc is not mounted. It does not look when SWIFT_ROOT is set.
#include <stdlib.h>
#include <unistd.h>

static void without_proc(int count, char **arguments, char **environment) {
    char byte;
    (void)count, (void)arguments, (void)environment;
    if (readlink("/proc/self/exe", &byte, 1) < 0) setenv("SWIFT_ROOT", "/", 0);
}

__attribute__((section(".preinit_array"), used)) static void (*const start)(int, char **, char **) = without_proc;
