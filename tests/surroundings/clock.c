/* Sets the clock of one program forward or back by CLOCK_SHIFT seconds, preloaded into it: the time of day only, which
   is what programs compare with what others have dated. Time that is measured goes on as it does. */

#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    const char *shift = getenv("CLOCK_SHIFT");
    if (result == 0 && clock == CLOCK_REALTIME && shift != NULL) now->tv_sec += atol(shift);
    return result;
}
