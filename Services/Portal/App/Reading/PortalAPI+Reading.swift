import Access
import Foundation
import Hummingbird
import Kernel
import Postgres
import ProgrammeStore

extension PortalAPI {
    /// What a caller may see of a kind. Nothing is looked up for roles that the table does not know.
    func sight(_ kind: ReadTable.Kind, of principal: Principal?) async throws -> Sight {
        let entry = readTable[kind]
        guard let principal, !Sight(entry, of: principal).isPlain else { return Sight(entry, of: principal) }
        return try await pool.withConnection { connection in
            var access = AccessRows()
            try await access.load(connection)
            var programmes = ProgrammeRows()
            if entry.readers.contains(where: { $0.notice == true }) { try await programmes.load(connection) }
            return Sight(
                entry, of: principal, offices: access.offices(by: officeRule), notices: Notices(programmes, procedure: kind.rawValue))
        }
    }

    /// A page of a list of things that the caller may see, with the fields that it is shown. What it may not see is not counted either.
    ///
    /// - Parameter programme: only those of this programme.
    func list(_ shelf: Shelf, _ request: Request, of principal: Principal, programme: String? = nil) async throws -> Answer {
        let page = try Page(request)
        let sight = try await sight(shelf.kind, of: principal)
        let notices = sight.noticed
        let parameters: [any PostgresEncodable] = [
            sight.enterprise, sight.institution, sight.programmes, notices.map(\.programmeID),
            notices.map { Int32(clamping: $0.programmeVersion) }, notices.map(\.state), programme, try request.filter("state"), page.after,
            Int64(page.limit) + 1,
        ]
        let rows = try await pool.withConnection { connection in
            try await connection.query(shelf.list(), parameters).decode(
                Int64.self, String.self, String.self, Int32?.self, UUID?.self, UUID?.self, String?.self)
        }
        let shown = rows.map { row in
            let fields = sight.fields(of: Shelf.subject(row.2, row.3, row.4, row.5, row.6))
            return (seq: row.0, json: JSONMembers.keeping(fields, of: row.1) ?? "{}")
        }
        return Answer(page: shown, limit: page.limit)
    }

    /// A thing that the caller may see, with the fields that it is shown. Refused under QUAN-07 where there is none, or none for this caller.
    func one(_ shelf: Shelf, _ id: UUID, of principal: Principal) async throws -> Answer {
        let (json, subject) = try await whole(shelf, id)
        let fields = try await sight(shelf.kind, of: principal).fields(of: subject)
        guard !fields.isEmpty, let shown = JSONMembers.keeping(fields, of: json) else { throw PlatformRule.unknownReference.refusal() }
        return Answer(json: shown)
    }

    /// A thing as it is, for whoever judges what is shown of it. Refused under QUAN-07 where there is none.
    func whole(_ shelf: Shelf, _ id: UUID) async throws -> (json: String, subject: Sight.Subject) {
        let found = try await soon(id) { connection in
            try await connection.query(shelf.one(), id).decode(
                Int64.self, String.self, String.self, Int32?.self, UUID?.self, UUID?.self, String?.self
            ).first.map { (json: $0.1, subject: Shelf.subject($0.2, $0.3, $0.4, $0.5, $0.6)) }
        }
        guard let found else { throw PlatformRule.unknownReference.refusal() }
        return found
    }

    /// A thing that needs nothing but the caller to be judged, with the fields that it is shown; nil where it is shown none.
    func shown(_ kind: ReadTable.Kind, _ json: String, of principal: Principal? = nil, asker: UUID? = nil) -> String? {
        let fields = Sight(readTable[kind], of: principal).fields(of: Sight.Subject(asker: asker))
        return fields.isEmpty ? nil : JSONMembers.keeping(fields, of: json)
    }
}
