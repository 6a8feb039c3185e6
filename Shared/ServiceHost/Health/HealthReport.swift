/// The answer of `/health/ready` and `/health/live`: whether all is well, and what each check says.
public struct HealthReport: Sendable, Codable, Hashable {
    /// What one check says.
    public struct Check: Sendable, Codable, Hashable {
        /// The check's name, unique within its service.
        public let name: String
        /// Whether it is well.
        public let isWell: Bool
        /// Why not, for the operator; absent when it is well.
        public let reason: String?

        enum CodingKeys: String, CodingKey {
            case name, reason
            case isWell = "ok"
        }
    }

    /// Whether every check is well.
    public let isWell: Bool
    /// All checks, by name.
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

/// What a check found.
public enum HealthState: Sendable, Hashable {
    /// All is well.
    case well
    /// Something is not, with the reason for the operator: no secrets, no personal data.
    case unwell(String)
}
