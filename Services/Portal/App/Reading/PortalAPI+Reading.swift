import Access
import Foundation
import Hummingbird
import Kernel
import Postgres
import ProgrammeStore

extension PortalAPI {
    /// The caller's read access to a kind of record. Offices and programmes are loaded only where the caller's roles need them.
    func readAccess(_ kind: ReadTable.Kind, of principal: Principal?) async throws -> ReadAccess {
        let entry = readTable[kind]
        guard let principal, !ReadAccess(entry, of: principal).isIndependentOfProgrammes else { return ReadAccess(entry, of: principal) }
        return try await pool.withConnection { connection in
            var accessRows = AccessRows()
            try await accessRows.load(connection)
            var programmes = ProgrammeRows()
            if entry.readers.contains(where: { $0.notice == true }) { try await programmes.load(connection) }
            return ReadAccess(
                entry, of: principal, offices: accessRows.offices(by: officeRule),
                notices: PublicNotices(programmes, procedure: kind.rawValue))
        }
    }

    /// A page of the records that the caller may read, reduced to the fields it may read. Other records do not count towards the page.
    ///
    /// - Parameter programme: restricts the list to this programme.
    func list(_ query: ReadQuery, _ request: Request, of principal: Principal, programme: String? = nil) async throws -> APIResponse {
        let page = try Page(request)
        let access = try await readAccess(query.kind, of: principal)
        let notices = access.statesInNotice
        let parameters: [any PostgresEncodable] = [
            access.enterprise, access.institution, access.programmes, notices.map(\.programmeID),
            notices.map { Int32(clamping: $0.programmeVersion) }, notices.map(\.state), programme, try request.filter("state"), page.after,
            Int64(page.limit) + 1,
        ]
        let rows = try await pool.withConnection { connection in
            try await connection.query(query.list(), parameters).decode(
                Int64.self, String.self, String.self, Int32?.self, UUID?.self, UUID?.self, String?.self)
        }
        let shown = rows.map { row in
            let fields = access.fields(of: ReadQuery.resource(row.2, row.3, row.4, row.5, row.6))
            return (seq: row.0, json: JSONMembers.keeping(fields, of: row.1) ?? "{}")
        }
        return APIResponse(page: shown, limit: page.limit)
    }

    /// One record, reduced to the fields that the caller may read. Refused under QUAN-07 where there is none that it may read.
    func item(_ query: ReadQuery, _ id: UUID, of principal: Principal) async throws -> APIResponse {
        let (json, resource) = try await unfiltered(query, id)
        let fields = try await readAccess(query.kind, of: principal).fields(of: resource)
        guard !fields.isEmpty, let visible = JSONMembers.keeping(fields, of: json) else { throw PlatformRule.unknownReference.refusal() }
        return APIResponse(json: visible)
    }

    /// One record with all its fields; the caller of this function must check read access. Refused under QUAN-07 where it does not exist.
    func unfiltered(_ query: ReadQuery, _ id: UUID) async throws -> (json: String, resource: ReadAccess.Resource) {
        let found = try await readAfterPendingEvents(id) { connection in
            try await connection.query(query.item(), id).decode(
                Int64.self, String.self, String.self, Int32?.self, UUID?.self, UUID?.self, String?.self
            ).first.map { (json: $0.1, resource: ReadQuery.resource($0.2, $0.3, $0.4, $0.5, $0.6)) }
        }
        guard let found else { throw PlatformRule.unknownReference.refusal() }
        return found
    }

    /// A record of a kind whose read access does not depend on programmes, reduced to the readable fields; nil where no field is readable.
    func visibleJSON(_ kind: ReadTable.Kind, _ json: String, of principal: Principal? = nil, requester: UUID? = nil) -> String? {
        let fields = ReadAccess(readTable[kind], of: principal).fields(of: ReadAccess.Resource(requester: requester))
        return fields.isEmpty ? nil : JSONMembers.keeping(fields, of: json)
    }
}
