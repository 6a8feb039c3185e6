import Foundation

/// The bound that the system sets to a process's open files, sockets among them.
enum FileLimit {
    /// Raises it as far as the process may, so that the bound of connections is the listener's and not the system's.
    static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
