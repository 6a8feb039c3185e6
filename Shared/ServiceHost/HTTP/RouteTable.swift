import HTTPTypes
import Hummingbird

/// Which methods each path of a service takes, so that a path that is there with another method is told from one that is not.
struct RouteTable: Sendable {
    /// What a request's path and method come to.
    enum Finding: Sendable, Equatable {
        /// There is a route for it.
        case route
        /// The path is there and takes these methods, not this one.
        case otherMethods([String])
        /// There is no such path.
        case nothing
    }

    private struct Entry: Sendable {
        let parts: [Substring]
        let methods: [String]
    }

    private let entries: [Entry]

    /// - Parameter routes: path and method of each route, a path's variable parts in braces.
    init(_ routes: [(path: String, method: HTTPRequest.Method)]) {
        entries = Dictionary(grouping: routes, by: \.path).map { path, routes in
            let methods = Set(routes.map(\.method.rawValue))
            return Entry(parts: Self.parts(path), methods: methods.union(["OPTIONS"]).sorted())
        }
    }

    /// What a request comes to.
    func find(_ path: String, _ method: HTTPRequest.Method) -> Finding {
        let parts = Self.parts(path)
        let found = entries.filter { Self.matches($0.parts, parts) }
        guard !found.isEmpty else { return .nothing }
        let methods = Set(found.flatMap(\.methods))
        // What is asked with OPTIONS is which methods there are.
        return method != .options && methods.contains(method.rawValue) ? .route : .otherMethods(methods.sorted())
    }

    private static func matches(_ pattern: [Substring], _ parts: [Substring]) -> Bool {
        pattern.count == parts.count && zip(pattern, parts).allSatisfy { $0.first == "{" || $0 == $1 }
    }

    private static func parts(_ path: String) -> [Substring] { path.split(separator: "/") }
}
