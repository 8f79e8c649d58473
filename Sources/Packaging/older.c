// SPDX-License-Identifier: Apache-2.0
// What lets a program that is linked against glibc 2.31 run with 2.27 too.

// Since 2.32 the C library tells the C++ library, of which a later one is linked in, whether there are threads. "There may be" is
// always right.
char __libc_single_threaded = 0;

// Since 2.29 these no longer call a handler of errors that nobody sets.
#define WITHOUT_HANDLER(name)                                      \
    __asm__(".symver with_handler_" #name "," #name "@GLIBC_2.2.5"); \
    double with_handler_##name(double);                            \
    double name(double value) { return with_handler_##name(value); }
WITHOUT_HANDLER(exp)
WITHOUT_HANDLER(exp2)
WITHOUT_HANDLER(log)
WITHOUT_HANDLER(log2)
