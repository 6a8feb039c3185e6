import Access
import Foundation

/// The records of one kind, and their fields, that a caller may read by the read table.
struct ReadAccess: Sendable {
    /// The attributes of a record that read access depends on.
    struct Resource: Sendable, Hashable {
        var enterprise: UUID?
        var institution: UUID?
        /// The organisation that requested it.
        var requester: UUID?
        /// The programmes it belongs to: one, except for a payee, which belongs to all programmes of its institution.
        var programmes: Set<String> = []
        var programmeVersion: Int?
        var state = ""
    }

    private let entry: ReadTable.Entry
    private let readers: [ReadTable.Reader]
    private let organisation: UUID?
    private let offices: [String: Set<String>]
    private let notices: PublicNotices

    /// - Parameters:
    ///   - principal: the caller; nil where it is not authenticated.
    ///   - offices: the offices of the programmes.
    ///   - notices: the public notices of this kind.
    init(_ entry: ReadTable.Entry, of principal: Principal?, offices: Offices = Offices(), notices: PublicNotices = PublicNotices()) {
        self.entry = entry
        self.notices = notices
        organisation = principal?.organisation
        readers = entry.readers.filter { reader in
            switch reader.role {
            case ReadTable.anyone: true
            case ReadTable.authenticated: principal != nil
            default: principal?.roles.contains(reader.role) ?? false
            }
        }
        var programmes: [String: Set<String>] = [:]
        for reader in readers where reader.office == true {
            programmes[reader.role] = principal.map { offices.programmes(of: $0.organisation, as: reader.role) } ?? []
        }
        self.offices = programmes
    }

    /// Whether read access depends on the caller and the record only, and not on offices or public notices.
    var isIndependentOfProgrammes: Bool { !readers.contains { $0.office == true || $0.notice == true } }

    /// Whether the table has a reader for one of the caller's roles.
    var hasReaders: Bool { !readers.isEmpty }

    /// The enterprise whose records the caller may read as its own; nil for none.
    var enterprise: UUID? { readers.contains { $0.own == .enterprise } ? organisation : nil }

    /// The institution whose records the caller may read as its own; nil for none.
    var institution: UUID? { readers.contains { $0.own == .institution } ? organisation : nil }

    /// The programmes whose records the caller may read as an office.
    var programmes: [String] { offices.values.reduce(into: Set()) { $0.formUnion($1) }.sorted() }

    /// The states with public notice; empty where the caller may not read public notices.
    var statesInNotice: [PublicNotices.PublishedState] { readers.contains { $0.notice == true } ? notices.states : [] }

    /// The fields of a record that the caller may read; empty where the caller must not learn that the record exists.
    func fields(of resource: Resource) -> Set<String> {
        var fields: Set<String> = []
        for reader in readers where isReadable(resource, by: reader) {
            fields.formUnion(entry.fields(reader))
            if reader.notice == true { fields.formUnion(publishedFields(of: resource)) }
        }
        return fields
    }

    private func isReadable(_ resource: Resource, by reader: ReadTable.Reader) -> Bool {
        if let own = reader.own {
            guard let organisation else { return false }
            return switch own {
            case .enterprise: resource.enterprise == organisation
            case .institution: resource.institution == organisation
            case .requester: resource.requester == organisation
            }
        }
        if reader.office == true { return !resource.programmes.isDisjoint(with: offices[reader.role] ?? []) }
        if reader.notice == true { return notices.publishedFields(of: resource) != nil }
        return reader.role == ReadTable.anyone
    }

    private func publishedFields(of resource: Resource) -> [String] {
        (notices.publishedFields(of: resource) ?? []).compactMap { entry.published?[$0] }
    }
}
