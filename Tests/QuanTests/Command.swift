import Foundation

/// The exit status and output of a program that a test ran.
struct Command {
    let status: Int32
    let output: String
    let errors: String

    /// The path of the repository, derived from this file's path.
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The path of the operator's command line, built next to the tests.
    static let quan = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "quan").path

    /// The path of the demonstration, built next to the tests.
    static let demo = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "quan-demo").path

    /// Longer than any of these programs needs on a loaded machine.
    static let timeout = Duration.seconds(120)

    /// Runs a program without standard input. It is killed after the deadline, which its status shows.
    static func run(
        _ program: String, _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
        within deadline: Duration = timeout
    ) async throws -> Command {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        if let folder { process.currentDirectoryURL = URL(filePath: folder) }
        let output = try CloseOnExecPipe(), errors = try CloseOnExecPipe()
        (process.standardOutput, process.standardError) = (output.writing, errors.writing)
        try process.run()
        try output.writing.close()
        try errors.writing.close()
        let killer = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(Int(deadline.components.seconds)), execute: killer)
        async let written = text(of: output)
        async let failures = text(of: errors)
        let (outputText, errorText) = await (written, failures)
        process.waitUntilExit()
        killer.cancel()
        return Command(status: process.terminationStatus, output: outputText, errors: errorText)
    }

    private static func text(of pipe: CloseOnExecPipe) async -> String {
        String(decoding: await pipe.read { (try? $0.readToEnd()) ?? Data() }, as: UTF8.self)
    }
}

/// A pipe that child processes of other tests do not inherit: a server would keep it open for as long as it runs.
struct CloseOnExecPipe {
    let reading: FileHandle
    let writing: FileHandle

    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        reading = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        writing = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    }

    /// Reads on a separate thread, because the read blocks.
    func read(_ body: @escaping @Sendable (FileHandle) -> Data) async -> Data {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [reading] in continuation.resume(returning: body(reading)) }
        }
    }
}
