import Programme
import ProgrammeStore

/// The states with public notice in the programmes' procedures, and the fields published in them. A step with `publishes` leads to such a
/// state.
struct PublicNotices: Sendable {
    /// A state of a programme version's procedure.
    struct PublishedState: Sendable, Hashable {
        let programmeID: String
        let programmeVersion: Int
        let state: String
    }

    private var published: [PublishedState: [String]] = [:]

    /// No public notices.
    init() {}

    /// The public notices of a procedure in the known programmes. A programme that cannot be read publishes nothing.
    init(_ known: ProgrammeRows, procedure: String) {
        for version in known.versions {
            guard let programme = try? known.version(version.programmeID, version.version) else { continue }
            for step in programme.procedure(procedure)?.steps ?? [] where !step.publishes.isEmpty {
                guard let state = step.to else { continue }
                let key = PublishedState(programmeID: programme.id, programmeVersion: programme.version, state: state)
                published[key, default: []] += step.publishes
            }
        }
    }

    /// The states with public notice, sorted.
    var states: [PublishedState] {
        published.keys.sorted { ($0.programmeID, $0.programmeVersion, $0.state) < ($1.programmeID, $1.programmeVersion, $1.state) }
    }

    /// The published fields of a record, by the programme's names; nil where it is not in public notice.
    func publishedFields(of resource: ReadAccess.Resource) -> [String]? {
        guard let programme = resource.programmes.first, resource.programmes.count == 1, let version = resource.programmeVersion else {
            return nil
        }
        return published[PublishedState(programmeID: programme, programmeVersion: version, state: resource.state)]
    }
}
