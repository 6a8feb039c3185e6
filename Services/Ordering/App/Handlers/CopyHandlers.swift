import Foundation
import Kernel
import Messages
import Messaging
import OrderingDomain
import Programme
import ProgrammeStore
import QuotaLedger

/// Copies an enterprise from identity.
struct EnterpriseChangedHandler: Handler {
    func requestRows(for input: EnterpriseChanged, in rows: inout OrderRows) { rows.rowRequests.enterprises.insert(input.enterpriseID) }

    func handle(_ input: EnterpriseChanged, context: HandlingContext, rows: inout OrderRows, output: inout HandlerOutput) throws {
        let member = OrderRows.ProgrammeKey(id: input.enterpriseID, programmeID: input.programmeID)
        rows.enterprises[member] = EnterpriseCopy(
            id: input.enterpriseID, programmeID: input.programmeID, name: input.name, creditCode: input.creditCode, state: input.state,
            sizeClass: input.sizeClass, tier: input.tier, checkedAt: context.now)
        rows.changes.enterprises.insert(member)
        rows.applied.record(context.envelope)
    }
}

/// Copies an institution from the catalogue.
struct InstitutionChangedHandler: Handler {
    func requestRows(for input: InstitutionChanged, in rows: inout OrderRows) {}

    func handle(_ input: InstitutionChanged, context: HandlingContext, rows: inout OrderRows, output: inout HandlerOutput) throws {
        let member = OrderRows.ProgrammeKey(id: input.institutionID, programmeID: input.programmeID)
        rows.institutions[member] = InstitutionCopy(
            id: input.institutionID, programmeID: input.programmeID, name: input.name, creditCode: input.creditCode,
            isAdmitted: input.state == "admitted", checkedAt: context.now)
        rows.changes.institutions.insert(member)
    }
}

/// Copies a product from the catalogue, and sets the limit of its voucher accounts.
struct ProductChangedHandler: Handler {
    func requestRows(for input: ProductChanged, in rows: inout OrderRows) {
        rows.rowRequests.products.insert(input.productID)
        rows.rowRequests.stocks[input.productID] = Self.copy(input, checkedAt: .distantPast)
    }

    func handle(_ input: ProductChanged, context: HandlingContext, rows: inout OrderRows, output: inout HandlerOutput) throws {
        let versions = rows.programmes.versions.filter { $0.programmeID == input.programmeID }
        guard let newest = versions.last else {
            _ = try rows.programmes.inForce(input.programmeID, at: context.now, ifUnknown: .wait)
            return
        }
        let programme = try rows.programmes.version(newest.programmeID, newest.version)
        let copy = Self.copy(input, checkedAt: context.now)
        rows.products[copy.id] = copy
        rows.changes.products.insert(copy.id)
        rows.applied.record(context.envelope)
        for demand in Deciding.stockAccounts(of: copy, in: programme) {
            rows.ledger.setLimit(copy.stockVouchers, of: demand.account, cap: demand.cap, unit: demand.unit)
        }
    }

    private static func copy(_ input: ProductChanged, checkedAt: Date) -> ProductCopy {
        ProductCopy(
            id: input.productID, programmeID: input.programmeID, institutionID: input.institutionID, name: input.name,
            category: input.category, service: input.service, guideLow: input.guideLowFen, guideHigh: input.guideHighFen,
            stockVouchers: input.stockVouchers, state: input.state, checkedAt: checkedAt)
    }
}
