import Foundation
import Glibc
import TestKit

/// The resident memory of an idle service.
struct IdleMemory: Benchmark {
    let name = "idle_memory_mb"
    let unit = "MB"
    let summary = "the largest resident memory of a service in an idle installation; the others are printed as progress"
    let baseline = "a process that only sleeps (sleep of coreutils)"
    let goal = Goal.valueAtMost(100)

    /// The time after the start until an installation is idle.
    private static let idleAfter = Duration.seconds(10)

    func prepare(_ environment: BenchmarkEnvironment) async throws -> PlatformProcess {
        let platform = try await PlatformProcess.start(isDurable: false)
        try await Task.sleep(for: Self.idleAfter)
        return platform
    }

    func measure(_ fixture: PlatformProcess, on environment: BenchmarkEnvironment) async throws -> Double {
        var largest = 0.0
        for service in fixture.record.services {
            let megabytes = try Self.residentMegabytes(of: service.pid)
            Progress.report("\(name): \(service.name) \(Figure.text(megabytes))")
            largest = max(largest, megabytes)
        }
        return largest
    }

    func measureBaseline(_ fixture: PlatformProcess, on environment: BenchmarkEnvironment) async throws -> Double {
        let child = try ChildProcess(["/usr/bin/sleep", "60"])
        // Wait for exec: before it the child is a copy of this process and has its name.
        let end = ContinuousClock.now + .seconds(10)
        while (try? String(contentsOfFile: "/proc/\(child.pid)/comm", encoding: .utf8)) != "sleep\n", ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(10))
        }
        defer {
            kill(child.pid, SIGKILL)
            child.reapInBackground()
        }
        return try Self.residentMegabytes(of: child.pid)
    }

    func tearDown(_ fixture: PlatformProcess) async { await fixture.stop() }

    /// Resident memory from `/proc/<pid>/status`, converted from KiB.
    private static func residentMegabytes(of pid: pid_t) throws -> Double {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        guard let kibibytes = status.firstMatch(of: /VmRSS:\s+(\d+) kB/).flatMap({ Double($0.1) }) else {
            throw BenchmarkError("process \(pid) has no resident memory")
        }
        return kibibytes * 1024 / 1_000_000
    }
}
