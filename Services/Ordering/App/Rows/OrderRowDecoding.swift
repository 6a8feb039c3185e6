import Foundation
import Kernel
import OrderingDomain
import Postgres
import Programme
import QuotaLedger

/// Decodes rows of the service's tables.
enum OrderRowDecoding {
    /// A row holds a value that this version of the service does not know.
    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    static func enterprise(_ row: PostgresRow) throws -> EnterpriseCopy {
        let (id, programme, name, code, state, size, tier, at) = try row.decode(
            UUID.self, String.self, String.self, String.self, String.self, String.self, String?.self, Date.self)
        return EnterpriseCopy(
            id: id, programmeID: programme, name: name, creditCode: code, state: state, sizeClass: size, tier: tier, checkedAt: at)
    }

    static func institution(_ row: PostgresRow) throws -> InstitutionCopy {
        let (id, programme, name, code, isAdmitted, at) = try row.decode(
            UUID.self, String.self, String.self, String?.self, Bool.self, Date.self)
        return InstitutionCopy(id: id, programmeID: programme, name: name, creditCode: code, isAdmitted: isAdmitted, checkedAt: at)
    }

    static func product(_ row: PostgresRow) throws -> ProductCopy {
        let (id, programme, institution, name, category, service, low, high, stock, state, at) = try row.decode(
            UUID.self, String.self, UUID.self, String.self, String.self, String?.self, Int64.self, Int64.self, Int64.self, String.self,
            Date.self)
        return ProductCopy(
            id: id, programmeID: programme, institutionID: institution, name: name, category: category, service: service,
            guideLow: Fen(low), guideHigh: Fen(high), stockVouchers: stock, state: state, checkedAt: at)
    }

    static func order(_ row: PostgresRow) throws -> Order {
        func text(_ column: Int) throws -> String { try row.decode(column: column) }
        func id(_ column: Int) throws -> UUID { try row.decode(column: column) }
        func fen(_ column: Int) throws -> Fen { Fen(try row.decode(column: column, as: Int64.self)) }
        let placedAt = try row.decode(column: 16, as: Date.self)
        let first = try row.decode(column: 20, as: Date?.self) ?? placedAt
        return Order(
            id: try id(0), programmeID: try text(1), programmeVersion: Int(try row.decode(column: 2, as: Int32.self)), city: try text(3),
            enterprise: Order.Party(id: try id(4), name: try text(5), creditCode: try row.decode(column: 21, as: String?.self)),
            tier: try text(6),
            institution: Order.Party(id: try id(7), name: try text(8), creditCode: try row.decode(column: 22, as: String?.self)),
            product: Order.Product(
                id: try id(9), name: try text(10), category: try text(11), service: try row.decode(column: 12, as: String?.self),
                guideLow: try fen(13), guideHigh: try fen(14)),
            contact: try text(15), placedAt: placedAt, firstPlacedOn: try BeijingTime.date(at: first), voucher: try fen(17),
            state: try text(18), progress: try row.decode(column: 19, as: PostgresJSON.self).decode(Progress.self),
            redemptionState: try row.decode(column: 23, as: String?.self))
    }

    static func account(_ row: PostgresRow) throws -> Account {
        let (key, cap, unitName, limit, drawn, pending, posted, forfeited, version) = try row.decode(
            String.self, String.self, String.self, Int64.self, Int64.self, Int64.self, Int64.self, Int64.self, Int64.self)
        guard let unit = Cap.Unit(rawValue: unitName) else { throw Unreadable(description: "unknown unit \(unitName) of an account") }
        return Account(
            key: AccountKey(text: key), cap: cap, unit: unit, limit: limit, drawn: drawn, pending: pending, posted: posted,
            forfeited: forfeited, version: version)
    }

    static func transfer(_ row: PostgresRow) throws -> Transfer {
        let (order, number, account, accountNumber, kindName, amount, rest, reservation, limit, drawn) = try row.decode(
            UUID.self, Int32.self, String.self, Int64.self, String.self, Int64.self, Int64.self, Int32?.self, Int64.self, Int64.self)
        guard let kind = Transfer.Kind(rawValue: kindName) else { throw Unreadable(description: "unknown kind \(kindName) of a transfer") }
        return Transfer(
            orderID: order, number: Int(number), account: AccountKey(text: account), accountNumber: accountNumber, kind: kind,
            amount: amount, rest: rest, reservation: reservation.map { Int($0) }, limitThen: limit, drawnThen: drawn)
    }
}
