import Foundation

/// The system's limit of a process's open files, including sockets.
enum FileLimit {
    /// Raises the limit to the permitted maximum, so that the listener's bound of connections is reached first.
    static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
