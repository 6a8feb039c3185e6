#include <libpq-fe.h>
/* Swift's Glibc module leaves these two out; the reactor that waits for libpq's sockets needs them. */
#include <sys/epoll.h>
#include <sys/eventfd.h>
