import Foundation
import Glibc
import Messaging

/// A command the asker is to promise.
struct ToyPromise: Sendable {
    /// Its number in the test, which is its idempotency key too.
    let number: Int
    let counter: String
    let amount: Int64
}

/// What a toy process is told to do, a line each:
/// `die <fault point> <hit>`, `promise <number> <counter> <amount>` or `stop`.
enum ToyOrder: Sendable {
    /// Die by SIGKILL when the point is reached for the `hit`th time from now.
    case die(FaultPoint, hit: Int)
    case promise(ToyPromise)
    /// End in order.
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
            self = .promise(ToyPromise(number: number, counter: words[2], amount: amount))
        default: return nil
        }
    }

    /// The orders as they come. A thread of its own reads them, which may block; the end of the input ends the process.
    static func fromStandardInput() -> AsyncStream<ToyOrder> {
        let (stream, continuation) = AsyncStream.makeStream(of: ToyOrder.self)
        Thread.detachNewThread {
            while let line = readLine() {
                if let order = ToyOrder(line) { continuation.yield(order) }
            }
            _exit(3)
        }
        return stream
    }
}

/// What a toy process reports, a line each. One write a line, so that lines of different threads stay whole.
enum ToyReport {
    case ready
    /// The first time this point is reached.
    case reached(FaultPoint)
    /// The promise is committed.
    case promised(Int)
    /// The last word: it dies now.
    case dying(FaultPoint)

    func tell() {
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
