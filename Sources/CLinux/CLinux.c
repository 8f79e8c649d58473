#include "CLinux.h"
// Everything is inline; the file makes the target a library.
