import Foundation
import Testing

/// A copy of the script in a temporary folder, with a stub of the toolchain that records its calls and answers as the test specifies. The
/// test builds nothing and does not affect the build that runs it.
private struct Sandbox {
    let folder: String

    init(swift: String) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        for part in ["bin", "Shared/Kernel", "Tests/KernelTests", "Shared/CLibpq"] {
            try FileManager.default.createDirectory(atPath: folder + "/" + part, withIntermediateDirectories: true)
        }
        try FileManager.default.copyItem(atPath: Command.repository + "/quan", toPath: folder + "/quan")
        try Data("// swift-tools-version: 6.2\n".utf8).write(to: URL(filePath: folder + "/Package.swift"))
        let stub = "#!/bin/bash\nprintf '%s\\n' \"$*\" >> '\(folder)/calls'\n" + swift
        try Data(stub.utf8).write(to: URL(filePath: folder + "/bin/swift"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/bin/swift")
    }

    func run(_ arguments: [String], _ settings: [String: String] = [:]) async throws -> Command {
        let path = folder + "/bin:" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
        return try await Command.run(
            folder + "/quan", arguments, in: "/", environment: ["PATH": path, "CI": "true"].merging(settings) { $1 })
    }

    /// Adds a program to the release build.
    func addProgram(_ name: String, _ script: String) throws {
        let release = folder + "/.build/release"
        try FileManager.default.createDirectory(atPath: release, withIntermediateDirectories: true)
        try Data(script.utf8).write(to: URL(filePath: release + "/" + name))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: release + "/" + name)
    }

    /// The arguments of the toolchain's calls, one call a line.
    var calls: [String] {
        ((try? String(contentsOfFile: folder + "/calls", encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
    }

    func discard() { try? FileManager.default.removeItem(atPath: folder) }
}

/// A stub with which every step succeeds.
private let good = """
    case "$1" in
    --version) echo 'Swift version 6.3.1 (swift-6.3.1-RELEASE)' ;;
    test) echo '◇ Test "a" started.'; echo '✔ Test "a" passed.'; echo '✔ Test run with 1 test in 1 suite passed after 0.001 seconds.' ;;
    esac
    """

@Suite("The script ./quan")
struct ScriptTests {
    @Test("both scripts have valid syntax", arguments: ["quan", ".ci/run"])
    func syntax(script: String) async throws {
        let result = try await Command.run("/bin/bash", ["-n", Command.repository + "/" + script])
        #expect(result.status == 0)
        #expect(result.errors.isEmpty)
    }

    @Test(
        "help texts need neither toolchain nor build",
        arguments: [
            (["help"], "Usage: ./quan COMMAND"), (["test", "--help"], "Usage: ./quan test"), (["bench", "--help"], "Usage: ./quan bench"),
            (["campaign", "--help"], "Usage: ./quan campaign"), (["campaign", "--list"], "  fuzz "), ([], "Usage: ./quan COMMAND"),
        ])
    func help(arguments: [String], usage: String) async throws {
        let sandbox = try Sandbox(swift: "exit 1")
        defer { sandbox.discard() }
        let result = try await sandbox.run(arguments)
        #expect(result.status == 0)
        #expect(result.output.hasPrefix(usage))
        #expect(sandbox.calls.isEmpty)
    }

    @Test("an unknown option of test is refused with 64 before any step")
    func unknownOption() async throws {
        let sandbox = try Sandbox(swift: good)
        defer { sandbox.discard() }
        let result = try await sandbox.run(["test", "--sanitise=thread"])
        #expect(result.status == 64)
        #expect(result.errors.contains("unknown option '--sanitise=thread'"))
        #expect(sandbox.calls.isEmpty)
    }

    @Test("a toolchain that is too old is refused with 69 and both versions")
    func oldToolchain() async throws {
        let sandbox = try Sandbox(swift: "echo 'Swift version 6.1.2 (swift-6.1.2-RELEASE)'")
        defer { sandbox.discard() }
        let result = try await sandbox.run(["test"])
        #expect(result.status == 69)
        #expect(result.errors.contains("Swift 6.1 is too old: Quan needs 6.2 or newer"))
    }

    @Test("test checks the format, builds with the import check, runs the tests, and shows the runner's closing line")
    func test() async throws {
        let sandbox = try Sandbox(swift: good)
        defer { sandbox.discard() }
        let result = try await sandbox.run(["test", "KernelTests", "A.b"])
        #expect(result.status == 0)
        #expect(result.output.hasSuffix("✔ Test run with 1 test in 1 suite passed after 0.001 seconds.\n"))
        #expect(!result.output.contains("started."))
        let calls = sandbox.calls
        #expect(calls.count == 4)
        #expect(calls[1] == "format lint --strict --parallel --recursive Package.swift Shared Tests")
        #expect(calls[2].hasPrefix("build ") && calls[2].contains("--explicit-target-dependency-import-check error --build-tests"))
        #expect(calls[3] == "test --skip-build --disable-xctest --scratch-path .build --filter KernelTests --filter A.b")
    }

    @Test("test prints the minutes of each step, and warns above a number of minutes without failing")
    func minutes() async throws {
        let sandbox = try Sandbox(swift: "if [ \"$1\" = build ]; then sleep 1.2; fi\n" + good)
        defer { sandbox.discard() }
        let inTime = try await sandbox.run(["test"])
        #expect(inTime.status == 0)
        for part in ["format check", "build", "tests", "QuanTests", "conformance", "total"] {
            #expect(inTime.errors.contains(try Regex("\n?quan: \(part) +[0-9]+\\.[0-9] min\n")), "\(part)")
        }
        #expect(!inTime.errors.contains("warning"))
        #expect(inTime.output.hasSuffix("✔ Test run with 1 test in 1 suite passed after 0.001 seconds.\n"))
        let late = try await sandbox.run(["test"], ["QUAN_TEST_MINUTES": "0"])
        #expect(late.status == 0)
        #expect(late.errors.contains("warning: the tests took more than 0 minutes"))
    }

    @Test("a campaign runs the program of the release build; an unknown campaign is refused with 64 before the build")
    func campaign() async throws {
        let sandbox = try Sandbox(swift: good)
        defer { sandbox.discard() }
        let unknown = try await sandbox.run(["campaign", "nothing"])
        #expect(unknown.status == 64)
        #expect(unknown.errors.contains("there is no campaign 'nothing'"))
        #expect(sandbox.calls.isEmpty)
        try sandbox.addProgram("quan-campaign", "#!/bin/bash\necho \"campaign $*\"\n")
        let result = try await sandbox.run(["campaign", "fuzz", "--seconds", "60"])
        #expect(result.status == 0)
        #expect(result.output == "campaign fuzz --seconds 60\n")
        #expect(sandbox.calls.contains { $0.hasPrefix("build ") && $0.contains("-c release") })
    }

    @Test(
        "demo builds for release and runs the program quan-demo with the remaining arguments",
        arguments: [
            (["demo", "--tiny", "--json", "a b"], "demo --tiny --json a b\n"), (["demo"], "demo \n"),
            (["demo", "--help"], "demo --help\n"),
            (["help", "demo"], "demo --help\n"),
        ])
    func demo(arguments: [String], output: String) async throws {
        let sandbox = try Sandbox(swift: good)
        defer { sandbox.discard() }
        try sandbox.addProgram("quan-demo", "#!/bin/bash\necho \"demo $*\"\nexit 3\n")
        let result = try await sandbox.run(arguments)
        #expect(result.status == 3)
        #expect(result.output == output)
        #expect(sandbox.calls.contains { $0.hasPrefix("build ") && $0.contains("-c release") })
    }

    @Test("test with the thread sanitiser uses a separate build folder and runs the tests of the shared libraries")
    func sanitised() async throws {
        let sandbox = try Sandbox(swift: good)
        defer { sandbox.discard() }
        #expect(try await sandbox.run(["test", "--sanitize=thread"]).status == 0)
        let calls = sandbox.calls
        #expect(calls[2].contains("--scratch-path \(sandbox.folder)/.build-tsan") && calls[2].hasSuffix("--sanitize=thread"))
        #expect(
            calls[3] == "test --skip-build --disable-xctest --scratch-path .build-tsan --sanitize=thread --filter ^(KernelTests)\\.")
    }

    @Test(
        "a failed step ends the script with its exit code, and later steps do not run",
        arguments: [("format", 65, 2), ("build", 65, 3)] as [(String, Int32, Int)])
    func failingStep(step: String, status: Int32, calls: Int) async throws {
        let sandbox = try Sandbox(swift: "if [ \"$1\" = \(step) ]; then echo 'broken: error: it broke'; exit 1; fi\n" + good)
        defer { sandbox.discard() }
        let result = try await sandbox.run(["test"])
        #expect(result.status == status)
        #expect((result.output + result.errors).contains("it broke"))
        #expect(sandbox.calls.count == calls)
    }

    @Test("a warning of the package manager, or in the repository's sources, fails the build", arguments: ["manager", "source"])
    func warnings(kind: String) async throws {
        // The package manager names a package after its folder, in lower case.
        let manager = #"warning: '$(basename "$3" | tr A-Z a-z)': it is odd"#
        let warning = kind == "manager" ? manager : "$3/Shared/Kernel/Fen.swift:1:1: warning: it is odd"
        let line = "if [ \"$1\" = build ]; then echo \"\(warning)\"; fi"
        let sandbox = try Sandbox(swift: line + "\n" + good)
        defer { sandbox.discard() }
        let result = try await sandbox.run(["test"])
        #expect(result.status == 65)
        #expect(result.errors.contains("it is odd"))
    }

    @Test("failed tests and a crashed test runner end the script with the runner's exit code")
    func failingTests() async throws {
        let failing = "if [ \"$1\" = test ]; then echo '✘ Test \"a\" failed.'; echo '✘ Test run with 1 test failed.'; exit 1; fi\n"
        let crashing = "if [ \"$1\" = test ]; then echo 'Fatal error'; exit 132; fi\n"
        for (swift, status) in [(failing, 1), (crashing, 132)] as [(String, Int32)] {
            let sandbox = try Sandbox(swift: swift + good)
            defer { sandbox.discard() }
            #expect(try await sandbox.run(["test"]).status == status)
        }
    }

    @Test("a name that matches no test is an error")
    func nothingChosen() async throws {
        let none = "if [ \"$1\" = test ]; then echo '✔ Test run with 0 tests in 0 suites passed after 0.001 seconds.'; exit 0; fi\n"
        let sandbox = try Sandbox(swift: none + good)
        defer { sandbox.discard() }
        let result = try await sandbox.run(["test", "Nothing"])
        #expect(result.status == 64)
        #expect(result.errors.contains("no test was run"))
    }

    @Test("continuous integration runs the script's test command, from any current folder")
    func continuousIntegration() async throws {
        let sandbox = try Sandbox(swift: good)
        defer { sandbox.discard() }
        try FileManager.default.createDirectory(atPath: sandbox.folder + "/.ci", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: Command.repository + "/.ci/run", toPath: sandbox.folder + "/.ci/run")
        let path = sandbox.folder + "/bin:" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
        let result = try await Command.run("/bin/bash", [sandbox.folder + "/.ci/run"], in: "/", environment: ["PATH": path])
        #expect(result.status == 0)
        #expect(sandbox.calls.last?.hasPrefix("test --skip-build") == true)
    }
}
