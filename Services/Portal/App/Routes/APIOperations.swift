import Kernel
import Messages

extension APIOperation {
    /// All operations of the API. A test compares them with the routes.
    static let all: [APIOperation] = open + enterprises + officers + orders + steps + redemptions + payouts

    private static let page: [Field] = [.limit, .after]

    private static let open: [APIOperation] = [
        APIOperation(method: .get, path: "/clock", summary: "The current time of the installation.", needsToken: false),
        APIOperation(method: .get, path: "/programmes", summary: "All versions of the programmes.", needsToken: false),
        APIOperation(method: .get, path: "/programmes/{id}", summary: "A programme, in the version in force.", needsToken: false),
        APIOperation(
            method: .get, path: "/institutions", summary: "The institutions.", needsToken: false,
            query: [.filter("programme")] + page),
        APIOperation(
            method: .get, path: "/institutions/{id}", summary: "An institution with its admissions.", needsToken: false),
        APIOperation(
            method: .get, path: "/products", summary: "The products, by programme, category, part of the name, institution, state.",
            needsToken: false,
            query: [
                .filter("programme"), .filter("category"), .filter("name"),
                .id("institution", optional: true), .filter("state"),
            ] + page),
        APIOperation(method: .get, path: "/products/{id}", summary: "A product.", needsToken: false),
        APIOperation(method: .get, path: "/openapi.json", summary: "This description.", needsToken: false),
        APIOperation(
            method: .get, path: "/operations/{id}",
            summary: "The state and outcome of an operation of the caller's organisation."),
    ]

    private static let enterprises: [APIOperation] = [
        APIOperation(
            method: .post, path: "/enterprises", summary: "Register the caller's enterprise in a programme.",
            body: [
                .text("programmeID", CodeText.self), .text("name", NameText.self), .text("creditCode", NumberText.self),
                .text("beneficiary", CodeText.self, optional: true),
                .text("registeredDivision", NumberText.self), .text("industryCode", NumberText.self), .whole("employees"),
                .fen("revenueFen"), .fen("assetsFen"),
                .flag("isLegalPerson"), .date("establishedOn"), .texts("declarations", CodeText.self, optional: true),
            ]),
        APIOperation(
            method: .get, path: "/enterprises",
            summary: "The enterprises of the programmes for which the caller's organisation is an office. For officers and reviewers.",
            query: [.filter("programme"), .filter("state")] + page),
        APIOperation(method: .get, path: "/entitlements", summary: "The entitlements of the caller's enterprise, by programme."),
        APIOperation(
            method: .post, path: "/appeals", summary: "Appeal against a refused entitlement.",
            body: [
                .text("programmeID", CodeText.self), .text("reason", ReasonText.self), .texts("evidence", CodeText.self, optional: true),
            ]),
    ]

    private static let officers: [APIOperation] = [
        APIOperation(
            method: .post, path: "/institutions", summary: "Register an institution in a programme. By an officer.",
            body: [
                .id("institutionID"), .text("programmeID", CodeText.self), .text("name", NameText.self),
                .text("creditCode", NumberText.self),
            ]),
        APIOperation(
            method: .post, path: "/products", summary: "List a product with a number of vouchers. By an officer.",
            body: [
                .text("programmeID", CodeText.self), .id("institutionID"), .text("name", NameText.self), .text("category", CodeText.self),
                .text("service", CodeText.self, optional: true),
                .fen("guideLowFen"), .fen("guideHighFen"), .whole("stockVouchers"),
            ], creates: true),
        APIOperation(
            method: .post, path: "/products/{id}/changes", summary: "Change a product's vouchers or state. By an officer.",
            body: [
                .choice("change", ChangeProduct.Change.allCases.map(\.rawValue)), .whole("stockVouchers", optional: true),
                .text("reason", ReasonText.self, optional: true),
            ]),
        APIOperation(
            method: .post, path: "/credit-records", summary: "Record the content of credit registers. By an officer.",
            body: [
                .text("creditCode", NumberText.self), .texts("lists", CodeText.self),
                Field(name: "entries", schema: ["type": "array", "items": ["type": "object"]], isRequired: true),
            ]),
        APIOperation(
            method: .post, path: "/enterprises/{id}/appeal-decisions", summary: "Decide an appeal. By an officer.",
            body: [.text("programmeID", CodeText.self), .flag("isGranted"), .text("reason", ReasonText.self)]),
    ]

    private static let orders: [APIOperation] = [
        APIOperation(
            method: .post, path: "/orders", summary: "Place an order with a voucher. By an enterprise.",
            body: [.id("productID"), .fen("voucherFen"), .text("contact", ContactText.self)], creates: true),
        APIOperation(
            method: .get, path: "/orders", summary: "The orders that the caller is a party to; for officers those of their programme.",
            query: [.filter("state")] + page),
        APIOperation(method: .get, path: "/orders/{id}", summary: "An order with its steps."),
    ]

    private static let steps: [APIOperation] = [
        APIOperation(
            method: .post, path: "/orders/{id}/accept", summary: "Accept an order. By the institution.",
            body: [.text("reason", ReasonText.self, optional: true)]),
        APIOperation(
            method: .post, path: "/orders/{id}/decline", summary: "Decline an order. By the institution.",
            body: [.text("reason", ReasonText.self, optional: true)]),
        APIOperation(
            method: .post, path: "/orders/{id}/cancel", summary: "Withdraw an order. By the enterprise.",
            body: [.text("reason", ReasonText.self, optional: true)]),
        APIOperation(
            method: .post, path: "/orders/{id}/confirm-completion", summary: "Confirm that the service was rendered. By the enterprise.",
            body: [.text("reason", ReasonText.self, optional: true)]),
        APIOperation(
            method: .post, path: "/orders/{id}/contract", summary: "Record the content of the signed contract. By the institution.",
            body: [
                .text("productName", NameText.self), .fen("totalFen"), .fen("voucherFen"), .fen("selfPaidFen"), .date("signedOn"),
                .date("serviceFrom"),
                .date("serviceThrough", optional: true), .flag("isSingleDelivery", optional: true), .fen("priceFen", optional: true),
                .whole("quantity", optional: true),
            ]),
        APIOperation(
            method: .post, path: "/orders/{id}/confirm-contract",
            summary: "Confirm a higher voucher amount in the contract than was ordered. By the enterprise.",
            body: [.fen("voucherFen", optional: true)]),
        APIOperation(
            method: .post, path: "/orders/{id}/dispute-contract",
            summary: "Dispute the recorded contract. By the enterprise.", body: [.text("reason", ReasonText.self)]),
        APIOperation(
            method: .post, path: "/orders/{id}/rating", summary: "Rate a completed service, 1 to 5. By the enterprise.",
            body: [.whole("stars", 1...5), .text("comment", CommentText.self, optional: true)]),
    ]
}
