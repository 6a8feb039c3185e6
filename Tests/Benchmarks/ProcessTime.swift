import Foundation
import Glibc

/// Processor time, a measure of work that depends less on the machine's load than elapsed time.
enum ProcessTime {
    /// The processor time in seconds used so far by a process and all its descendants, ended ones included.
    static func seconds(ofTree root: pid_t) throws -> Double {
        let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap(pid_t.init).compactMap(Times.init)
        let children = Dictionary(grouping: processes, by: \.parent)
        var ticks = 0
        var open = processes.filter { $0.pid == root }
        guard !open.isEmpty else { throw BenchmarkError("process \(root) does not exist") }
        while let next = open.popLast() {
            ticks += next.ticks
            open += children[next.pid] ?? []
        }
        return Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The processor time in seconds used by ended child processes of this process, and by their ended children.
    static func secondsOfEndedChildren() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// The parent of a process.
    static func parent(of pid: pid_t) throws -> pid_t {
        guard let times = Times(pid) else { throw BenchmarkError("process \(pid) does not exist") }
        return times.parent
    }

    /// The fields of `/proc/<pid>/stat` behind the program's name, which may contain blanks.
    private struct Times {
        let pid: pid_t
        let parent: pid_t
        /// User and system time of the process and of its ended children, in clock ticks.
        let ticks: Int

        init?(_ pid: pid_t) {
            guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8), let end = text.lastIndex(of: ")") else {
                return nil
            }
            let fields = text[text.index(after: end)...].split(separator: " ")
            guard fields.count > 14, let parent = pid_t(fields[1]) else { return nil }
            self.pid = pid
            self.parent = parent
            ticks = fields[11...14].compactMap { Int($0) }.reduce(0, +)
        }
    }
}
