// Swift's Mutex for builds with the thread sanitizer only.
//
// Taking a free Mutex is inlined, and the sanitizer sees it. Waiting for a taken one is the kernel's and the standard library's
// affair (a futex with priority inheritance), which it does not see: what the lock orders would look like a race. Here both ends of
// the slow path tell it. A symbol of the executable comes before the standard library's; the work is still done there.

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFTCALL __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

extern void __tsan_acquire(void *address);
extern void __tsan_release(void *address);

SWIFTCALL void lockSlow(uint32_t thread, SELF void *self) __asm__(LOCK_SLOW);
SWIFTCALL void unlockSlow(SELF void *self) __asm__(UNLOCK_SLOW);

static void *next(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

SWIFTCALL void lockSlow(uint32_t thread, SELF void *self) {
    static SWIFTCALL void (*original)(uint32_t, SELF void *);
    if (!__atomic_load_n(&original, __ATOMIC_RELAXED)) __atomic_store_n(&original, next(LOCK_SLOW), __ATOMIC_RELAXED);
    original(thread, self);
    __tsan_acquire(self);
}

SWIFTCALL void unlockSlow(SELF void *self) {
    static SWIFTCALL void (*original)(SELF void *);
    if (!__atomic_load_n(&original, __ATOMIC_RELAXED)) __atomic_store_n(&original, next(UNLOCK_SLOW), __ATOMIC_RELAXED);
    __tsan_release(self);
    original(self);
}

#endif
#endif
