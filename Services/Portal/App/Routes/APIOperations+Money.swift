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
            "file": ["type": "string", "description": "SHA-256 of a file that the caller's organisation uploaded; it serves one paper"],
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
                "description": "payments of the enterprise; number tells apart two that are alike in everything else",
            ],
            "invoices": ["type": "array", "maxItems": 100, "items": ["type": "object"]],
            "refunds": [
                "type": "array", "maxItems": 20, "items": ["type": "object"], "description": "what the institution paid back, if anything",
            ],
        ],
    ]

    /// Papers and redemptions.
    static let redemptions: [APIOperation] =
        [
            APIOperation(
                method: .post, path: "/files",
                summary: "Put a paper into the store: the body as it is, at most 5 MB. Unused for a week it is removed.",
                query: [.text("name", FileNameText.self)], makes: true, takesPaper: true),
            APIOperation(
                method: .get, path: "/redemptions", summary: "The redemptions that concern the caller, and those in public notice.",
                query: filtered),
            APIOperation(method: .get, path: "/redemptions/{id}", summary: "A redemption, with the steps it has taken."),
            APIOperation(
                method: .get, path: "/redemptions/{id}/papers/{hash}",
                summary: "The content of one of its papers, as a file. For its parties, and the officers and reviewers of its programme."),
            APIOperation(
                method: .post, path: "/redemptions/{id}/apply",
                summary: "Apply for redemption, or hand in mended papers. By the institution.",
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
                method: .post, path: "/payees", summary: "Where the caller's institution is paid to.",
                body: [
                    .text("accountName", AccountNameText.self), .text("bankCode", NumberText.self), .text("accountNumber", NumberText.self),
                ]),
            APIOperation(method: .get, path: "/payees", summary: "The payees that concern the caller, accounts masked.", query: filtered),
            APIOperation(method: .get, path: "/payees/{id}", summary: "A payee, its account masked."),
            APIOperation(
                method: .post, path: "/payout-batches", summary: "Put what is due into a batch. By an officer.",
                body: [.text("programmeID", CodeText.self), .ids("disbursementIDs", atMost: 1000, optional: true)]),
            APIOperation(
                method: .get, path: "/payout-batches/{id}",
                summary: "The disbursements of a batch, with the accounts they are paid to and what has changed since. For officers.",
                query: [.limit, .after]),
            APIOperation(
                method: .post, path: "/payout-batches/{id}/approve", summary: "Approve a batch. By a second officer.",
                body: [.text("reason", ReasonText.self, optional: true)]),
            APIOperation(method: .get, path: "/disbursements", summary: "The disbursements that concern the caller.", query: filtered),
            APIOperation(method: .get, path: "/disbursements/{id}", summary: "A disbursement, with the steps it has taken."),
            APIOperation(method: .post, path: "/reconciliations", summary: "Compare with the bank's statement. By an officer."),
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
