import HTTPTypes
import Hummingbird

/// The methods of each path of a service, to distinguish unknown paths from wrong methods.
struct RouteTable: Sendable {
    /// The result of looking up a request's path and method.
    enum Match: Sendable, Equatable {
        /// There is a route.
        case route
        /// The path exists, but only with these methods.
        case otherMethods([String])
        /// The path does not exist.
        case unknownPath
    }

    private struct Entry: Sendable {
        let parts: [Substring]
        let methods: [String]
    }

    private let entries: [Entry]

    /// - Parameter routes: path and method of each route, with the variable parts of paths in braces.
    init(_ routes: [(path: String, method: HTTPRequest.Method)]) {
        entries = Dictionary(grouping: routes, by: \.path).map { path, routes in
            let methods = Set(routes.map(\.method.rawValue))
            return Entry(parts: Self.parts(path), methods: methods.union(["OPTIONS"]).sorted())
        }
    }

    /// Looks up a path and a method.
    func find(_ path: String, _ method: HTTPRequest.Method) -> Match {
        let parts = Self.parts(path)
        let found = entries.filter { Self.matches($0.parts, parts) }
        guard !found.isEmpty else { return .unknownPath }
        let methods = Set(found.flatMap(\.methods))
        // OPTIONS requests the list of methods.
        return method != .options && methods.contains(method.rawValue) ? .route : .otherMethods(methods.sorted())
    }

    private static func matches(_ pattern: [Substring], _ parts: [Substring]) -> Bool {
        pattern.count == parts.count && zip(pattern, parts).allSatisfy { $0.first == "{" || $0 == $1 }
    }

    private static func parts(_ path: String) -> [Substring] { path.split(separator: "/") }
}
