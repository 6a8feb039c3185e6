/// The response of `/health/ready` and `/health/live`: the results of all checks.
public struct HealthReport: Sendable, Codable, Hashable {
    /// The result of one check.
    public struct Check: Sendable, Codable, Hashable {
        /// The check's name, unique within its service.
        public let name: String
        /// Whether the check is well.
        public let isWell: Bool
        /// The reason for the operator; absent when the check is well.
        public let reason: String?

        enum CodingKeys: String, CodingKey {
            case name, reason
            case isWell = "ok"
        }
    }

    /// Whether every check is well.
    public let isWell: Bool
    /// All checks, sorted by name.
    public let checks: [Check]

    enum CodingKeys: String, CodingKey {
        case checks
        case isWell = "ok"
    }

    init(_ states: [String: HealthState]) {
        checks = states.sorted { $0.key < $1.key }.map { name, state in
            switch state {
            case .well: Check(name: name, isWell: true, reason: nil)
            case .unwell(let reason): Check(name: name, isWell: false, reason: reason)
            }
        }
        isWell = checks.allSatisfy(\.isWell)
    }
}

/// The state that a check reports.
public enum HealthState: Sendable, Hashable {
    /// The check is passed.
    case well
    /// The check has failed, with the reason for the operator. The reason must not contain secrets or personal data.
    case unwell(String)
}
