import Foundation
import Glibc
import TestKit

/// How much memory a service keeps resident that has nothing to do.
struct IdleMemory: Benchmark {
    let name = "idle_memory_mb"
    let unit = "MB"
    let summary = "resident memory of a service of an installation at rest, the one with the most; the others are told on the way"
    let baseline = "a process that only sleeps (sleep of coreutils)"
    let goal = Goal.valueAtMost(100)

    /// After the start it takes so long until what starting took is done with.
    private static let rest = Duration.seconds(10)

    func prepare(_ stage: Stage) async throws -> PlatformProcess {
        let platform = try await PlatformProcess.start(isDurable: false)
        try await Task.sleep(for: Self.rest)
        return platform
    }

    func measure(_ ground: PlatformProcess, on stage: Stage) async throws -> Double {
        var largest = 0.0
        for service in ground.record.services {
            let megabytes = try Self.residentMegabytes(of: service.pid)
            Progress.say("\(name): \(service.name) \(Figure.text(megabytes))")
            largest = max(largest, megabytes)
        }
        return largest
    }

    func measureBaseline(_ ground: PlatformProcess, on stage: Stage) async throws -> Double {
        let child = try ChildProcess(["/usr/bin/sleep", "60"])
        // It has become itself, and is not still the copy of this process that it began as, when its name says so.
        let end = ContinuousClock.now + .seconds(10)
        while (try? String(contentsOfFile: "/proc/\(child.pid)/comm", encoding: .utf8)) != "sleep\n", ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(10))
        }
        defer {
            kill(child.pid, SIGKILL)
            child.collectLater()
        }
        return try Self.residentMegabytes(of: child.pid)
    }

    func clear(_ ground: PlatformProcess) async { await ground.stop() }

    /// Of `/proc/<pid>/status`, where it stands in KiB.
    private static func residentMegabytes(of pid: pid_t) throws -> Double {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        guard let kibibytes = status.firstMatch(of: /VmRSS:\s+(\d+) kB/).flatMap({ Double($0.1) }) else {
            throw BenchmarkError("process \(pid) has no resident memory")
        }
        return kibibytes * 1024 / 1_000_000
    }
}
