import Access
import Foundation
import Hummingbird
import Kernel
import Messages
import Postgres
import StrictJSON

/// Commands on payees, batches and disbursements, and reading a batch.
struct PayoutRoutes: Sendable {
    let api: PortalAPI

    private struct Payee: Decodable {
        let accountName: String
        let bankCode: String
        let accountNumber: String
    }

    private struct DecisionBody: Decodable {
        let reason: String?
        let amountFen: Fen?
        let bankReference: String?
    }

    static let decisions: [(name: String, decision: DecidePayout.Decision)] = [
        ("approve", .approve), ("unbatch", .unbatch), ("retry", .retry), ("report-refund", .reportRefund), ("demand", .demand),
        ("receive", .receive),
    ]

    private static let newestKey = PostgresStatement(
        "portal.newest-sealing-key", "select key_id, public_key from sealing_key order by published_at desc limit 1")

    /// The disbursements of a batch, each with whether the institution has registered another account since the disbursement was batched.
    private static let batch = PostgresStatement(
        "portal.payout-batch",
        """
        select c.seq, (c.snapshot || jsonb_build_object('payeeChangedSince', p.is_other)
                       || case when p.is_other then jsonb_build_object('payeeNow', p.now) else '{}' end)::text
        from case_record c cross join lateral (
            select coalesce(bool_or(coalesce(n.snapshot->>'fingerprint', '') <> coalesce(c.snapshot->'payee'->>'fingerprint', '')
                        or n.snapshot->>'accountName' <> c.snapshot->'payee'->>'accountName'
                        or n.snapshot->>'bankCode' <> c.snapshot->'payee'->>'bankCode'), false),
                   (array_agg(n.snapshot - array['fingerprint', 'institutionID']))[1]
            from case_record n where n.kind = 'payee' and n.id = (c.snapshot->>'institutionID')::uuid) p(is_other, now)
        where c.kind = 'disbursement' and lower(c.snapshot->>'batchID') = $1 and c.programme_id = any($2::text[]) and c.seq > $3
        order by c.seq limit $4
        """)

    /// Reading a batch before its approval.
    private func addReading(to routes: APIRoutes) {
        routes.get("payout-batches/{id}") { request, context in
            let id = try context.id()
            let reader = try await Call.authenticateReader(request, api)
            let page = try Page(request)
            let access = try await api.readAccess(.batch, of: reader)
            let parameters: [any PostgresEncodable] = [id.lowercased, access.programmes, page.after, Int64(page.limit) + 1]
            let rows = try await api.pool.withConnection { try await $0.query(Self.batch, parameters).decode(Int64.self, String.self) }
            guard !rows.isEmpty || page.after > 0 else { throw PlatformRule.unknownReference.refusal() }
            let fields = access.fields(of: ReadAccess.Resource(programmes: Set(access.programmes)))
            return APIResponse(
                page: rows.map { (seq: $0.0, json: JSONMembers.keeping(fields, of: $0.1) ?? "{}") }, limit: page.limit)
        }
    }

    func add(to routes: APIRoutes) {
        addReading(to: routes)
        routes.post("payees") { request, context in
            let call = try await Call.read(request, context, api, by: .roles(["institution"]))
            let payee = try call.decode(Payee.self)
            let institution = call.principal.organisation
            // Only payout can open the sealed number, so its length and characters are checked before sealing.
            if let fault = NumberText.fault(in: payee.accountNumber) { throw fault.refusal(field: "accountNumber") }
            // The plain number must not leave this function: only payout can open the sealed number that is stored and sent.
            let account = try await seal(payee.accountNumber, context: RegisterPayee.context(of: institution))
            let command = RegisterPayee(
                institutionID: institution, accountName: payee.accountName, bankCode: payee.bankCode, account: account,
                knownInstitutionVersion: try await api.appliedVersion(ofInstitution: institution))
            return try await api.submit(command, key: institution.lowercased, operation: "register-payee", from: call)
        }
        routes.post("payout-batches") { request, context in
            let call = try await Call.read(request, context, api, by: .step("batch-payout"))
            let command = try call.decode(BatchPayouts.self)
            return try await api.submit(command, key: command.programmeID, operation: "batch-payouts", from: call)
        }
        routes.post("payout-batches/{id}/approve") { request, context in
            let id = try context.id()
            let call = try await Call.read(request, context, api, by: .step(DecidePayout.Decision.approve.rawValue))
            let command = DecidePayout(subject: .batch(id: id), decision: .approve, reason: try call.decode(DecisionBody.self).reason)
            return try await api.submit(command, key: id.lowercased, operation: "approve-batch", from: call)
        }
        for (name, decision) in Self.decisions {
            routes.post("disbursements/{id}/\(name)") { request, context in
                let id = try context.id()
                let call = try await Call.read(request, context, api, by: .step(decision.rawValue))
                let body = try call.decode(DecisionBody.self)
                let command = DecidePayout(
                    subject: .disbursement(id: id), decision: decision, reason: body.reason, amountFen: body.amountFen,
                    bankReference: body.bankReference)
                return try await api.submit(command, key: id.lowercased, operation: decision.rawValue, from: call)
            }
        }
        routes.post("reconciliations") { request, context in
            let call = try await Call.read(request, context, api, by: .roles(["officer"]))
            return try await api.submit(
                ReconcilePayouts(), key: call.principal.organisation.lowercased, operation: "reconcile-payouts", from: call)
        }
    }

    private func seal(_ text: String, context: String) async throws -> SealedField {
        let key = try await api.pool.withConnection { try await $0.query(Self.newestKey).decode(String.self, Data.self).first }
        guard let (keyID, publicKey) = key else {
            throw PlatformRule.unknownReference.refusal(
                LocalisedText(zh: "（付款服务尚未公布其密钥，请稍后再试）", en: "Payout has not published its key yet; try again later."))
        }
        return try SealedField.seal(text, for: publicKey, keyID: keyID, context: context)
    }
}
