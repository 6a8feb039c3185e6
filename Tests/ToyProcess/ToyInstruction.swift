import Foundation
import Glibc
import Messaging

/// A command for the asker to accept.
struct ToyCommand: Sendable {
    /// Its number in the test, which is also its idempotency key.
    let number: Int
    let counter: String
    let amount: Int64
}

/// An instruction to a toy process, one per line:
/// `die <fault point> <hit>`, `promise <number> <counter> <amount>` or `stop`.
enum ToyInstruction: Sendable {
    /// Die by SIGKILL when the point is reached for the `hit`th time from now on.
    case die(FaultPoint, hit: Int)
    case promise(ToyCommand)
    /// Stop in order.
    case stop

    init?(_ line: String) {
        let words = line.split(separator: " ").map(String.init)
        switch words.first {
        case "stop" where words.count == 1: self = .stop
        case "die" where words.count == 3:
            guard let point = FaultPoint(rawValue: words[1]), let hit = Int(words[2]) else { return nil }
            self = .die(point, hit: hit)
        case "promise" where words.count == 4:
            guard let number = Int(words[1]), let amount = Int64(words[3]) else { return nil }
            self = .promise(ToyCommand(number: number, counter: words[2], amount: amount))
        default: return nil
        }
    }

    /// The instructions as they arrive. They are read by a separate thread, because reading blocks; the end of the input ends the process.
    static func fromStandardInput() -> AsyncStream<ToyInstruction> {
        let (stream, continuation) = AsyncStream.makeStream(of: ToyInstruction.self)
        Thread.detachNewThread {
            while let line = readLine() {
                if let instruction = ToyInstruction(line) { continuation.yield(instruction) }
            }
            _exit(3)
        }
        return stream
    }
}

/// A report of a toy process, one per line. Each line is one write, so that lines of different threads are not mixed.
enum ToyReport {
    case ready
    /// The first time this point is reached.
    case reached(FaultPoint)
    /// The command with this number is committed.
    case promised(Int)
    /// The process dies now.
    case dying(FaultPoint)

    func publish() {
        let line =
            switch self {
            case .ready: "ready\n"
            case .reached(let point): "reached \(point.rawValue)\n"
            case .promised(let number): "promised \(number)\n"
            case .dying(let point): "dying \(point.rawValue)\n"
            }
        _ = write(1, line, line.utf8.count)
    }
}
