import Foundation

/// Sleeps of dedicated threads; tasks use `Task.sleep`.
enum Pause {
    static func thread(_ duration: Duration) { Thread.sleep(forTimeInterval: duration.inSeconds) }
}
