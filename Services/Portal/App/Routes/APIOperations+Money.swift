import Kernel
import Messages

extension APIOperation {
    private static let filtered: [Field] = [
        .filter("state"), .limit, .after,
    ]

    private static let paper: JSONValue = [
        "type": "object", "required": ["document", "file", "fileName"],
        "properties": [
            "document": JSONValue(schemaOf: CodeText.self), "fileName": JSONValue(schemaOf: FileNameText.self),
            "file": ["type": "string", "description": "SHA-256 of a file that the caller's organisation uploaded, for one paper only"],
        ],
    ]
    private static let papers = Field(
        name: "papers", schema: ["type": "array", "maxItems": 100, "items": paper], isRequired: false)
    private static let facts: JSONValue = [
        "type": "object", "required": ["contract", "receipts", "invoices"],
        "properties": [
            "contract": ["type": "object"],
            "receipts": [
                "type": "array", "maxItems": 100, "items": ["type": "object"],
                "description": "payments of the enterprise; number distinguishes otherwise equal payments",
            ],
            "invoices": ["type": "array", "maxItems": 100, "items": ["type": "object"]],
            "refunds": [
                "type": "array", "maxItems": 20, "items": ["type": "object"], "description": "repayments by the institution, if any",
            ],
        ],
    ]

    /// Papers and redemptions.
    static let redemptions: [APIOperation] =
        [
            APIOperation(
                method: .post, path: "/files",
                summary: "Upload a paper: the body is its content, at most 5 MB. A paper that is not used within a week is deleted.",
                query: [.text("name", FileNameText.self)], creates: true, acceptsPaper: true),
            APIOperation(
                method: .get, path: "/redemptions", summary: "The redemptions that the caller may read, including those in public notice.",
                query: filtered),
            APIOperation(method: .get, path: "/redemptions/{id}", summary: "A redemption, with the steps it has taken."),
            APIOperation(
                method: .get, path: "/redemptions/{id}/papers/{hash}",
                summary: "Download one of its papers. For its parties, and the officers and reviewers of its programme."),
            APIOperation(
                method: .post, path: "/redemptions/{id}/apply",
                summary: "Apply for redemption, or submit corrected papers. By the institution.",
                body: [
                    Field(name: "papers", schema: ["type": "array", "maxItems": 100, "items": paper], isRequired: true),
                    Field(name: "facts", schema: facts, isRequired: true),
                ]),
        ]
        + RedemptionRoutes.decisions.map { name, decision in
            APIOperation(
                method: .post, path: "/redemptions/{id}/\(name)", summary: "The step \(decision.rawValue) of the programme's procedure.",
                body: [.text("reason", ReasonText.self, optional: true), .fen("amountFen", optional: true), papers])
        }

    /// Payees, batches and disbursements.
    static let payouts: [APIOperation] =
        [
            APIOperation(
                method: .post, path: "/payees", summary: "Register the bank account that the caller's institution is paid to.",
                body: [
                    .text("accountName", AccountNameText.self), .text("bankCode", NumberText.self), .text("accountNumber", NumberText.self),
                ]),
            APIOperation(method: .get, path: "/payees", summary: "The payees that the caller may read, masked.", query: filtered),
            APIOperation(method: .get, path: "/payees/{id}", summary: "A payee; the account number is masked."),
            APIOperation(
                method: .post, path: "/payout-batches", summary: "Put due disbursements into a batch. By an officer.",
                body: [.text("programmeID", CodeText.self), .ids("disbursementIDs", atMost: 1000, optional: true)]),
            APIOperation(
                method: .get, path: "/payout-batches/{id}",
                summary: "The disbursements of a batch, with their payees and later changes of the payees. For officers.",
                query: [.limit, .after]),
            APIOperation(
                method: .post, path: "/payout-batches/{id}/approve", summary: "Approve a batch. By a second officer.",
                body: [.text("reason", ReasonText.self, optional: true)]),
            APIOperation(method: .get, path: "/disbursements", summary: "The disbursements that the caller may read.", query: filtered),
            APIOperation(method: .get, path: "/disbursements/{id}", summary: "A disbursement, with the steps it has taken."),
            APIOperation(method: .post, path: "/reconciliations", summary: "Reconcile with the bank's statement. By an officer."),
        ]
        + PayoutRoutes.decisions.map { name, decision in
            APIOperation(
                method: .post, path: "/disbursements/{id}/\(name)", summary: "The step \(decision.rawValue) of the programme's procedure.",
                body: [
                    .text("reason", ReasonText.self, optional: true), .fen("amountFen", optional: true),
                    .text("bankReference", BankReferenceText.self, optional: true),
                ])
        }
}
