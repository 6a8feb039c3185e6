import Programme
import ProgrammeStore

/// What the programmes put up for public notice: in which states, and which fields. A step that `publishes` leads to such a state.
struct Notices: Sendable {
    /// A state of a version of a programme.
    struct Place: Sendable, Hashable {
        let programmeID: String
        let programmeVersion: Int
        let state: String
    }

    private var published: [Place: [String]] = [:]

    /// Nothing is in notice.
    init() {}

    /// What the known programmes publish in a procedure. One that cannot be read publishes nothing.
    init(_ known: ProgrammeRows, procedure: String) {
        for version in known.versions {
            guard let programme = try? known.version(version.programmeID, version.version) else { continue }
            for step in programme.procedure(procedure)?.steps ?? [] where !step.publishes.isEmpty {
                guard let state = step.to else { continue }
                published[Place(programmeID: programme.id, programmeVersion: programme.version, state: state), default: []] +=
                    step.publishes
            }
        }
    }

    /// The states in which something is in notice.
    var places: [Place] {
        published.keys.sorted { ($0.programmeID, $0.programmeVersion, $0.state) < ($1.programmeID, $1.programmeVersion, $1.state) }
    }

    /// The fields that are published of a thing, by the programme's names; nil where it is in no notice.
    func publishes(_ subject: Sight.Subject) -> [String]? {
        guard let programme = subject.programmes.first, subject.programmes.count == 1, let version = subject.programmeVersion else {
            return nil
        }
        return published[Place(programmeID: programme, programmeVersion: version, state: subject.state)]
    }
}
